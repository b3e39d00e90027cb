package io.crossfade.proxy.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.GatedIndex;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal cannot take a record: what {@code on_journal_loss} says is done. */
final class JournalLossTest {
    private static final Key KEY = Key.of("1");

    @TempDir
    Path directory;

    private Pair pair;

    @BeforeEach
    void begin() {
        pair = new Pair(directory);
    }

    @Test
    void journalLost_dirtyPolicy_writesGoOnAndTheRangeIsDirty() {
        pair.begin(Phase.MIRRORING);
        pair.disk.failApply(1);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        var reply = pair.write(Docs.put(KEY, "a", "y"));
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.PENDING);
        assertThat(pair.migration().journal().isLost()).isTrue();
        assertThat(pair.migration().dirty().range()).isPresent();
        pair.toMigration().faults().heal();
        pair.pass(1_000);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("y");
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    @Test
    void journalLost_failPolicy_writesAreRefusedAndNothingIsDone() {
        pair.setting.refuseOnLoss(true);
        pair.begin(Phase.MIRRORING);
        pair.disk.failApply(0);
        for (int i = 0; i < 3; i++) {
            var reply = pair.write(Docs.put(KEY, "a", "x"));
            pair.settle();
            assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.UNAVAILABLE);
        }
        assertThat(pair.toPrimary().gate().seen()).isEmpty();
        assertThat(pair.migration().marks().pendingKeys()).isZero();
        assertThat(pair.migration().dirty().range()).isEmpty();
    }

    @Test
    void diskIsThereAgain_failPolicy_writesAreTakenAgain_andRecorded() {
        pair.setting.refuseOnLoss(true);
        pair.begin(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        pair.write(Docs.put(KEY, "a", "before"));
        pair.settle();
        pair.disk.failApply(0);
        var refused = pair.write(Docs.put(Key.of("2"), "a", "x"));
        pair.settle();
        assertThat(Replies.failure(refused).kind()).isEqualTo(CallException.Kind.UNAVAILABLE);
        assertThat(pair.migration().refusesWrites()).isPresent();

        pair.pass(2_000);
        assertThat(pair.migration().refusesWrites()).isEmpty();
        var taken = pair.write(Docs.put(Key.of("3"), "a", "x"));
        pair.settle();
        assertThat(Replies.result(taken).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        assertThat(pair.disk.markedKeys()).containsExactlyInAnyOrder(KEY, Key.of("3"));
        assertThat(pair.migration().dirty().range()).isEmpty();
    }

    @Test
    void diskIsThereAgain_dirtyPolicy_whatIsOpenIsRecordedAnew_andTheRangeStaysDirty() {
        pair.begin(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        pair.disk.failApply(0);
        pair.write(Docs.put(Key.of("2"), "a", "x"));
        pair.settle();
        assertThat(pair.migration().journal().isLost()).isTrue();

        pair.pass(2_000);
        assertThat(pair.migration().journal().isLost()).isFalse();
        assertThat(pair.disk.markedKeys()).containsExactlyInAnyOrder(KEY, Key.of("2"));
        assertThat(pair.migration().dirty().range()).isPresent();
    }

    /** Each try may fail as the first one did. */
    @Test
    void diskIsThereAgainForAMoment_itIsTriedAgain() {
        pair.begin(Phase.MIRRORING);
        pair.disk.failApply(0);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        pair.disk.failApply(0);
        pair.pass(1_500);
        assertThat(pair.migration().journal().isLost()).isTrue();

        pair.pass(1_500);
        assertThat(pair.migration().journal().isLost()).isFalse();
    }

    @Test
    void syncFails_failPolicy_theOutcomeIsUnknown() {
        pair.setting.refuseOnLoss(true);
        pair.begin(Phase.MIRRORING);
        pair.disk.failSync(0);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.UNKNOWN);
    }

    @Test
    void journalFull_dirtyPolicy_isAckedWithoutAMark() {
        pair.setting.maxPending(1);
        pair.begin(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        var reply = pair.write(Docs.put(Key.of("2"), "a", "x"));
        pair.settle();
        assertThat(Replies.result(reply).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        assertThat(pair.migration().marks().pendingKeys()).isEqualTo(1);
        assertThat(pair.migration().dirty().range()).isPresent();
    }

    @Test
    void journalFull_failPolicy_isRefused() {
        pair.setting.maxPending(1);
        pair.setting.refuseOnLoss(true);
        pair.begin(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        int calls = pair.toPrimary().gate().seen().size();
        var reply = pair.write(Docs.put(Key.of("2"), "a", "x"));
        pair.settle();
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.EXHAUSTED);
        assertThat(pair.toPrimary().gate().seen()).hasSize(calls);
    }

    /** Without room for its mark nothing tells of it on disk; in memory it does, as long as it may land. */
    @Test
    void journalFull_andTheLeaderDoesNotAnswer_theKeyIsPendingAsLongAsTheWriteMayLand() {
        pair.setting.maxPending(1);
        pair.begin(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        Key other = Key.of("2");
        pair.toPrimary().gate().holdWrites(true);
        var reply = pair.write(Docs.put(other, "a", "late"));
        pair.settle();
        pair.toPrimary().gate().write(0).answer(GatedIndex.all(1, GatedIndex.unknown()));
        pair.settle();
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.UNKNOWN);
        assertThat(pair.migration().marks().isPending(other)).isTrue();

        pair.toMigration().faults().heal();
        pair.pass(Engine.SETTLE.toMillis() / 2);
        pair.toPrimary().gate().write(0).land();
        pair.pass(5_000);
        assertThat(Docs.value(pair.onMigration(other))).isEqualTo("late");
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }
}
