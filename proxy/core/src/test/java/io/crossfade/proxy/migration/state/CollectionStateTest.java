package io.crossfade.proxy.migration.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.VersionClock;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CollectionStateTest {
    private final CollectionState two =
            CollectionState.initial("old").register("a", 0).register("b", 0);

    private static CollectionState prepare(CollectionState state) {
        return state.prepare(Phase.MIRRORING, "new", 0, "test");
    }

    @Test
    void everyMemberMustAgree() {
        CollectionState prepared = prepare(two);
        CollectionState half = prepared.answer(1, "a", "");
        assertThat(half.isAgreed()).isFalse();
        assertThat(half.answer(1, "b", "").isAgreed()).isTrue();
    }

    @Test
    void answerToAnEarlierTry_doesNotCount() {
        CollectionState second = prepare(prepare(two).abort(1));
        assertThat(second.answer(1, "a", "")).isEqualTo(second);
        assertThat(second.answer(2, "a", "")).isNotEqualTo(second);
    }

    @Test
    void answerOfAStranger_doesNotCount() {
        CollectionState prepared = prepare(two);
        assertThat(prepared.answer(1, "c", "")).isEqualTo(prepared);
    }

    /** R33: of two members with one slot, both might give one version to two writes. */
    @Test
    void membersRegisterAtOneMoment_eachHasASlotOfItsOwn() {
        CollectionState three = two.register("c", VersionClock.SLOTS);
        assertThat(three.members().values())
                .extracting(CollectionState.Member::slot)
                .doesNotHaveDuplicates();
    }

    @Test
    void memberThatComesDuringAStep_isAskedToo() {
        CollectionState joined =
                prepare(two).answer(1, "a", "").answer(1, "b", "").register("c", 0);
        assertThat(joined.isAgreed()).isFalse();
    }

    /** Reports are not awaited: with a slow store an older one may land last. */
    @Test
    void lateReportOfAnOlderEpoch_changesNothing() {
        CollectionState state = CollectionState.initial("old").register("a", 0).applied("a", 6, 0);
        assertThat(state.applied("a", 5, 0)).isEqualTo(state);
        assertThat(state.applied("a", 7, 0).members().values())
                .extracting(CollectionState.Member::appliedEpoch)
                .containsExactly(7L);
    }

    /** Whatever the clock says: what the one before has given stands in the index already. */
    @Test
    void migrationBegins_itsVersionsAreAboveThoseOfTheOneBefore() {
        CollectionState after = CollectionState.initial("old").register("a", 0).applied("a", 1, 900);
        CollectionState begun =
                prepare(after).answer(1, "a", "").commit(1, new CollectionState.Beginning(500, Map.of(), Map.of()));
        assertThat(begun.startedVersion()).isGreaterThan(900);
    }

    /** Also if nobody has reported what it gave, and the clock was set back. */
    @Test
    void migrationBegins_itBeginsAboveTheBeginningOfTheOneBefore() {
        CollectionState.Beginning first = new CollectionState.Beginning(500, Map.of(), Map.of());
        CollectionState begun = prepare(CollectionState.initial("old").register("a", 0))
                .answer(1, "a", "")
                .commit(1, first);
        CollectionState ended = begun.prepare(Phase.SINGLE, "old", 0, "test", false)
                .answer(2, "a", "")
                .commit(2, first);
        CollectionState again = ended.prepare(Phase.MIRRORING, "new", 0, "test", false)
                .answer(3, "a", "")
                .commit(3, new CollectionState.Beginning(100, Map.of(), Map.of()));
        assertThat(again.startedVersion()).isGreaterThan(500);
    }
}
