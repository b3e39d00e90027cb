package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Key;
import java.util.List;
import org.junit.jupiter.api.Test;

class TailTest {
    private static final Key KEY = Key.of("a");
    private static final long SETTLED = 1_000;

    private final Tail tail = new Tail.Each(2, SETTLED).of("old");

    private boolean isKnown(Key key) {
        Tail.Entry entry = tail.entry(key);
        return entry != null && entry.isKnown();
    }

    @Test
    void sentBeforeAnEarlierProcessHasSettled_tellsNothing() {
        tail.holds(KEY, 7, SETTLED - 1);
        assertThat(isKnown(KEY)).isFalse();
        tail.holds(KEY, 8, SETTLED);
        assertThat(isKnown(KEY)).isTrue();
    }

    @Test
    void sentBeforeAnEarlierWriteOfTheKeyHasLanded_tellsNothingHoweverLateItIsAnswered() {
        tail.mayLandUntil(KEY, 5_000);
        tail.holds(KEY, 7, 4_999);
        assertThat(isKnown(KEY)).isFalse();
        tail.holds(KEY, 8, 5_000);
        assertThat(isKnown(KEY)).isTrue();
    }

    /** A write that waited for another index is told of when later ones have been; they may have been written over it. */
    @Test
    void heardOfAfterOneThatWasSentLater_tellsNothing() {
        tail.holds(KEY, Marks.ABSENT, 5_000);
        tail.holds(KEY, 7, 4_999);
        assertThat(isKnown(KEY)).as("after a known one").isFalse();
        tail.holds(KEY, 8, 4_999);
        assertThat(isKnown(KEY)).as("after one that was told late, too").isFalse();
        tail.holds(KEY, 9, 5_000);
        assertThat(isKnown(KEY)).isTrue();

        tail.losesSight(KEY, 6_000);
        tail.holds(KEY, 10, 5_999);
        assertThat(isKnown(KEY)).as("after an unknown one").isFalse();
    }

    @Test
    void heardOfAfterOneThatWasSentLater_tellsNothingThoughThatIsCoveredOrForgottenOrCleared() {
        tail.holds(KEY, 7, 5_000);
        tail.covered(tail.entries(), 5_000);
        tail.holds(KEY, 6, 4_999);
        assertThat(isKnown(KEY)).as("covered").isFalse();

        tail.holds(KEY, 7, 6_000);
        tail.holds(Key.of("b"), 8, 6_000);
        tail.holds(Key.of("c"), 9, 6_000);
        tail.holds(KEY, 6, 5_999);
        assertThat(isKnown(KEY)).as("forgotten").isFalse();

        tail.holds(KEY, 7, 7_000);
        tail.clear();
        tail.holds(KEY, 6, 6_999);
        assertThat(isKnown(KEY)).as("cleared").isFalse();
    }

    @Test
    void whatMayLandYet_isKeptInMindWhenItIsReadBackOrForgottenOrCleared() {
        tail.mayLandUntil(KEY, 5_000);
        tail.covered(tail.entries(), 4_999);
        tail.holds(KEY, 7, 4_999);
        assertThat(isKnown(KEY)).as("read back").isFalse();

        tail.losesSight(Key.of("b"), SETTLED);
        tail.losesSight(Key.of("c"), SETTLED);
        tail.holds(KEY, 7, 4_999);
        assertThat(isKnown(KEY)).as("forgotten").isFalse();

        tail.mayLandUntil(KEY, 6_000);
        tail.clear();
        tail.holds(KEY, 7, 5_999);
        assertThat(isKnown(KEY)).as("cleared").isFalse();
    }

    /** A reconcile has read the document before it was written; the note has come in between. */
    @Test
    void writtenAndCoveredSince_whatWasReadBeforeDoesNotCount() {
        Tail.Last before = tail.last(KEY);
        tail.holds(KEY, 7, SETTLED);
        tail.covered(tail.entries(), SETTLED);
        tail.heldSince(before, KEY, Marks.ABSENT, SETTLED);
        assertThat(tail.entries()).isEmpty();
        tail.heldSince(tail.last(KEY), KEY, 8, SETTLED);
        assertThat(tail.entries()).hasSize(1);
    }

    @Test
    void writtenAndForgottenSince_whatWasReadBeforeDoesNotCount() {
        Tail.Last before = tail.last(KEY);
        tail.holds(KEY, 7, SETTLED);
        tail.holds(Key.of("b"), 8, SETTLED);
        tail.holds(Key.of("c"), 9, SETTLED);
        tail.heldSince(before, KEY, Marks.ABSENT, SETTLED);
        assertThat(tail.entry(KEY)).isNull();
    }

    /** A backfill has many more documents under way than are remembered. */
    @Test
    void othersAreForgotten_whatWasReadCountsAllTheSame() {
        tail.holds(Key.of("b"), 1, SETTLED);
        tail.holds(Key.of("c"), 2, SETTLED);
        Tail.Last before = tail.last(KEY);
        tail.heldSince(tail.last(Key.of("d")), Key.of("d"), 3, SETTLED);
        tail.heldSince(before, KEY, 4, SETTLED);
        assertThat(isKnown(KEY)).isTrue();
    }

    @Test
    void whatHasLanded_isForgottenOnceItIsReadBack() {
        tail.mayLandUntil(KEY, 5_000);
        tail.covered(tail.entries(), 5_000);
        assertThat(tail.entries()).isEqualTo(List.of());
    }
}
