package io.crossfade.proxy.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.GatedIndex;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.harness.Replies;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.WriteOp;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DualWriteTest {
    private static final Key KEY = Key.of("1");

    @TempDir
    Path directory;

    private Pair pair;

    @BeforeEach
    void begin() {
        pair = new Pair(directory);
    }

    @ParameterizedTest
    @EnumSource(names = {"MIRRORING", "SEALED", "SWITCHED", "REVERSED"})
    void bothHealthy_isAckedAtOnceAndNotPending(Phase phase) {
        pair.begin(phase);
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.APPLIED);
        assertThat(pair.migration().marks().pendingKeys()).isZero();
        assertThat(pair.disk.marks()).isEmpty();
        assertThat(pair.onPrimary(KEY)).isEqualTo(pair.onMigration(KEY)).isNotNull();
    }

    @Test
    void followerHung_writeIsAckedAndPendingAfterAckWait() {
        pair.begin(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Hang()));
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(4);
        assertThat(reply).isNotDone();
        pair.pass(1);
        assertThat(Replies.result(reply).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.PENDING);
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        assertThat(pair.disk.unsyncedChanges()).isZero();
    }

    @Test
    void followerDown_writeIsAckedAndSyncedAtOnce() {
        pair.begin(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.PENDING);
        assertThat(pair.disk.syncs()).isEqualTo(1);
        assertThat(pair.disk.marks()).hasSize(1);
    }

    @Test
    void followerLate_ackDoesNotWait_andTheMarkClosesWhenItAnswers() {
        pair.begin(Phase.MIRRORING);
        pair.toMigration().gate().holdWrites(true);
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(5);
        assertThat(reply).isCompleted();
        pair.toMigration().gate().write(0).answer();
        pair.settle();
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    @Test
    void followerLate_secondWriteGoesToTheLeaderOnly() {
        pair.begin(Phase.MIRRORING);
        pair.toMigration().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(5);
        var second = pair.write(Docs.put(KEY, "a", "y"));
        pair.settle();
        assertThat(Replies.result(second).follower()).isEqualTo(WriteReply.Follower.PENDING);
        assertThat(pair.toMigration().gate().seen()).hasSize(1);
        assertThat(pair.disk.marks()).hasSize(2);
    }

    @Test
    void leaderFails_callSaysSoAndMarkStaysOpen() {
        pair.begin(Phase.MIRRORING);
        pair.toPrimary().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("full"))));
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.UNAVAILABLE);
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        pair.toPrimary().faults().heal();
        pair.pass(100);
        assertThat(pair.onMigration(KEY)).isNull();
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    @Test
    void leaderUnknown_callSaysSoAndReconcileWaitsUntilItIsSettled() {
        pair.begin(Phase.MIRRORING);
        pair.toPrimary().faults().plan(FaultPlan.onWrite(0, new Fault.LateApply(Duration.ofMillis(400))));
        var reply = pair.write(Duration.ofSeconds(1), Docs.put(KEY, "a", "x"));
        pair.pass(1_000);
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.UNKNOWN);
        pair.pass(300);
        assertThat(pair.onMigration(KEY)).as("the forward").isNotNull();
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        pair.pass(300);
        assertThat(pair.onPrimary(KEY)).isEqualTo(pair.onMigration(KEY)).isNotNull();
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    @Test
    void leaderRejectsOneOfABatch_theOthersAreAcked() {
        pair.begin(Phase.MIRRORING);
        pair.toPrimary()
                .faults()
                .plan(FaultPlan.always(new Fault.Refuse(
                        new Outcome.Rejected("too large"), write -> write.key().equals(KEY))));
        var reply = pair.write(Docs.put(KEY, "a", "x"), Docs.put(Key.of("2"), "a", "y"));
        pair.settle();
        assertThat(reply.join().results())
                .extracting(WriteReply.Result::leader)
                .containsExactly(WriteReply.Leader.REJECTED, WriteReply.Leader.APPLIED);
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
    }

    @Test
    void breakerOpen_noFollowerCall() {
        pair.begin(Phase.MIRRORING);
        pair.migration().mirror().breaker().transitionToForcedOpenState();
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.PENDING);
        assertThat(pair.toMigration().gate().seen()).isEmpty();
    }

    /** While a follower is down, as many marks are open as the journal takes: none of them may keep a document. */
    @Test
    void pendingAndAcked_whatWasWrittenIsNotKept() {
        pair.begin(Phase.MIRRORING);
        pair.migration().mirror().breaker().transitionToForcedOpenState();
        List<WeakReference<WriteOp>> written = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            written.add(writeAndForget(Key.of("k" + i)));
        }
        assertThat(pair.migration().marks().pendingKeys()).isEqualTo(100);
        for (int i = 0; i < 100 && isKept(written); i++) {
            System.gc();
        }
        assertThat(written).filteredOn(each -> each.get() != null).hasSizeLessThan(5);
    }

    private static boolean isKept(List<WeakReference<WriteOp>> written) {
        return written.stream().anyMatch(each -> each.get() != null);
    }

    private WeakReference<WriteOp> writeAndForget(Key key) {
        WriteOp op = Docs.put(key, "a", "x");
        var reply = pair.write(op);
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.PENDING);
        return new WeakReference<>(op);
    }

    @Test
    void breakerOpens_afterItsWaitTheFollowerIsTriedAgainAndReplayed() {
        pair.setting.minCalls(4);
        pair.begin(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        for (int i = 0; i < 4; i++) {
            pair.write(Docs.put(Key.of("k" + i), "a", "x"));
            pair.settle();
        }
        int calls = pair.toMigration().gate().seen().size();
        pair.toMigration().faults().heal();
        pair.pass(900);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        assertThat(pair.toMigration().gate().seen()).as("open: no call").hasSize(calls);
        pair.pass(3_000);
        assertThat(pair.migration().marks().pendingKeys()).isZero();
        assertThat(pair.migrationEngine.contents()).isEqualTo(pair.primaryEngine.contents());
    }

    @Test
    void followerThatThrows_isAFollowerInTrouble() {
        pair.begin(Phase.MIRRORING);
        pair.toMigration()
                .faults()
                .plan(FaultPlan.always(new Fault.Throw(io.crossfade.proxy.index.IndexException.Kind.INTERNAL)));
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.PENDING);
        pair.toMigration().faults().heal();
        pair.pass(1_000);
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    @Test
    void writesOfOneKey_reachTheLeaderOneAfterTheOther() {
        pair.begin(Phase.MIRRORING);
        pair.toPrimary().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.write(Docs.put(KEY, "a", "y"));
        pair.write(Docs.put(Key.of("2"), "a", "z"));
        pair.settle();
        assertThat(pair.toPrimary().gate().heldWrites())
                .as("the first, and that of another key")
                .isEqualTo(2);
        pair.toPrimary().gate().write(0).answer();
        pair.settle();
        assertThat(pair.toPrimary().gate().heldWrites()).isEqualTo(3);
    }

    @Test
    void batchesThatShareKeys_doNotWaitForEachOtherInACircle() {
        pair.begin(Phase.MIRRORING);
        pair.toPrimary().gate().holdWrites(true);
        List<CompletableFuture<WriteReply>> replies = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            replies.add(pair.write(
                    Docs.put(Key.of("" + i % 3), "a", "x"), Docs.put(Key.of("" + (i + 1) % 3), "a", "x")));
        }
        pair.settle();
        for (int i = 0; i < 6; i++) {
            pair.toPrimary().gate().write(i).answer();
            pair.pass(5);
        }
        assertThat(replies).allSatisfy(reply -> assertThat(reply).isCompleted());
    }

    @Test
    void thousandsWaitForOneKey_allAreAnswered() {
        pair.begin(Phase.MIRRORING);
        pair.toPrimary().gate().holdWrites(true);
        List<CompletableFuture<WriteReply>> replies = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            replies.add(pair.write(Duration.ofSeconds(1), Docs.put(KEY, "a", "x")));
        }
        pair.pass(1_500);
        pair.toPrimary().gate().write(0).answer(GatedIndex.all(1, GatedIndex.unknown()));
        pair.settle();
        assertThat(replies).allSatisfy(reply -> assertThat(reply).isDone());
    }

    @Test
    void deadlineIsOverBeforeTheWrite_nothingIsDone() {
        pair.begin(Phase.MIRRORING);
        pair.toPrimary().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "x"));
        var late = pair.write(Duration.ofSeconds(1), Docs.put(KEY, "a", "y"));
        pair.pass(1_001);
        pair.toPrimary().gate().write(0).answer();
        pair.settle();
        assertThat(Replies.failure(late).kind()).isEqualTo(CallException.Kind.DEADLINE);
        assertThat(pair.toPrimary().gate().seen()).hasSize(1);
    }

    @Test
    void inAFleet_bothApplied_staysPendingUntilItsOwnReconcile() {
        pair.inFleet().begin(Phase.MIRRORING);
        var reply = pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.APPLIED);
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        pair.pass(100);
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }

    @Test
    void timeIsOverWhenItsRecordIsWritten_nothingIsSent_andTheCallIsToldSo() {
        Fleet fleet = new Fleet(directory.resolve("fleet"), 1).start().migrated();
        fleet.first().disk.latency(() -> Duration.ofMillis(100));
        var reply = fleet.first().write(Duration.ofMillis(30), Docs.put(KEY, "a", "x"));
        fleet.pass(300);
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.DEADLINE);
        assertThat(Replies.failure(reply)).hasMessageContaining("nothing was done");
        assertThat(fleet.onPrimary()).isEmpty();
        assertThat(fleet.first().migration().marks().pendingKeys()).isZero();
    }

    @Test
    void leaderDoesNotBeginInTime_theDeadlineIsToBlame_notTheLeader() {
        pair.begin(Phase.MIRRORING);
        pair.toPrimary().gate().holdWrites(true);
        var reply = pair.write(Duration.ofMillis(30), Docs.put(KEY, "a", "x"));
        pair.pass(30);
        pair.toPrimary().gate().write(0).answer(List.of(new Outcome.Failed("no answer within 30 ms")));
        pair.settle();
        assertThat(Replies.failure(reply).kind()).isEqualTo(CallException.Kind.DEADLINE);
    }

    @Test
    void followerLacksTheDocument_aPatchLeavesItPendingAndReconcileBringsIt() {
        pair.begin(Phase.SINGLE);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        pair.phase(Phase.MIRRORING);
        var reply = pair.write(Docs.patch(KEY, "colour", "red"));
        pair.settle();
        assertThat(Replies.result(reply).follower()).isEqualTo(WriteReply.Follower.PENDING);
        pair.pass(100);
        assertThat(pair.onMigration(KEY))
                .usingRecursiveComparison()
                .ignoringFields("stamp.provenance", "stamp.written")
                .isEqualTo(pair.onPrimary(KEY));
    }

    @Test
    void deleteOfAnAbsentDocument_isDoneOnBoth() {
        pair.begin(Phase.MIRRORING);
        var reply = pair.write(Docs.delete(KEY));
        pair.settle();
        assertThat(Replies.result(reply).leader()).isEqualTo(WriteReply.Leader.NOT_FOUND);
        assertThat(pair.migration().marks().pendingKeys()).isZero();
    }
}
