package io.crossfade.proxy.migration.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.GatedIndex;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.VersionClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The interleavings that break a reconcile without its rules, by hand. */
final class ReconcilerTest extends ReconcileFixture {
    @Test
    void lateForwardOfAnOlderWrite_doesNotCloseTheNewerMark() {
        Pair pair = carrying();
        pair.toMigration().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(5);
        pair.write(Docs.put(KEY, "a", "y"));
        pair.settle();
        pair.toMigration().gate().write(0).answer();
        pair.settle();
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        pair.toMigration().gate().holdWrites(false);
        assertQuietAndEqual(pair);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("y");
    }

    @Test
    void writeThatRunsDuringAReconcile_keepsItsMark() {
        Pair pair = carrying();
        written(pair, Docs.put(KEY, "a", "old"));
        pair.migration().mirror().breaker().transitionToForcedOpenState();
        pair.write(Docs.put(KEY, "a", "old"));
        pair.settle();
        pair.migration().mirror().breaker().reset();
        pair.toPrimary().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "new"));
        pair.settle();
        assertThat(reconcile(pair).join().reconciled()).isEqualTo(1);
        assertThat(pair.migration().marks().isPending(KEY)).isTrue();
        pair.toPrimary().gate().write(0).answer();
        assertQuietAndEqual(pair);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("new");
    }

    @Test
    void writeDuringAReconcilesWrite_isNotForwarded() {
        Pair pair = carrying();
        written(pair, Docs.put(KEY, "a", "old"));
        pair.toMigration().gate().holdWrites(true);
        var running = reconcile(pair);
        var reply = pair.write(Docs.put(KEY, "a", "new"));
        pair.settle();
        assertThat(reply.join().results().get(0).follower()).isEqualTo(WriteReply.Follower.PENDING);
        assertThat(pair.toMigration().gate().heldWrites()).isEqualTo(1);
        pair.toMigration().gate().holdWrites(false);
        pair.toMigration().gate().write(0).answer();
        pair.settle();
        assertThat(running.join().pending()).isEqualTo(1);
        assertQuietAndEqual(pair);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("new");
    }

    @Test
    void forwardIsRunning_reconcileDoesNotBegin() {
        Pair pair = carrying();
        written(pair, Docs.put(KEY, "a", "old"));
        pair.toPrimary().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "new"));
        pair.settle();
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("new");
        assertThat(reconcile(pair).join()).isEqualTo(new Reconciler.Result(0, 0, 0, 1));
        pair.toPrimary().gate().write(0).answer();
        pair.settle();
        assertQuietAndEqual(pair);
    }

    @Test
    void forwardWithoutAnAnswer_isWaitedForBeforeTheReconcile() {
        Pair pair = carrying();
        pair.toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.LateApply(Duration.ofMillis(450))));
        pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(10);
        pair.write(Docs.put(KEY, "a", "y"));
        pair.pass(2_400);
        assertThat(pair.onMigration(KEY)).isNull();
        pair.pass(60);
        assertQuietAndEqual(pair);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("y");
    }

    @Test
    void killedWithAForwardUnderWay_replayWaitsUntilItCanNoLongerLand() {
        Pair pair = carrying();
        pair.toMigration().gate().holdWrites(true);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.pass(5);
        GatedIndex.Held<?> late = pair.toMigration().gate().write(0);
        pair.restart();
        pair.write(Docs.put(KEY, "a", "y"));
        pair.pass(400);
        late.land();
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("x");
        pair.pass(15_000);
        assertQuietAndEqual(pair);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("y");
    }

    @Test
    void leaderRefusedWhatTheFollowerTook_theFollowerGetsTheOldValueBack() {
        Pair pair = carrying();
        written(pair, Docs.put(KEY, "a", "old"));
        pair.toPrimary().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        pair.write(Docs.put(KEY, "a", "refused"));
        pair.settle();
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("refused");
        assertQuietAndEqual(pair);
        assertThat(Docs.value(pair.onMigration(KEY))).isEqualTo("old");
    }

    @Test
    void leaderChangesBetweenReadAndRecheck_isReconciledAgain() {
        Pair pair = carrying();
        written(pair, Docs.put(KEY, "a", "old"));
        pair.toMigration().gate().holdWrites(true);
        var running = reconcile(pair);
        pair.migration().mirror().breaker().transitionToForcedOpenState();
        pair.write(Docs.put(KEY, "a", "new"));
        pair.settle();
        pair.migration().mirror().breaker().reset();
        pair.toMigration().gate().holdWrites(false);
        pair.toMigration().gate().write(0).answer();
        pair.settle();
        assertThat(running.join().reconciled()).isZero();
        assertQuietAndEqual(pair);
    }

    @Test
    void absentOnTheLeader_isRemovedFromTheFollower() {
        Pair pair = carrying();
        written(pair, Docs.put(KEY, "a", "x"));
        pair.toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        pair.write(Docs.delete(KEY));
        pair.settle();
        assertThat(pair.onMigration(KEY)).isNotNull();
        assertQuietAndEqual(pair);
        assertThat(pair.onMigration(KEY)).isNull();
    }

    @Test
    void failedBackfillBatch_isReplayedWithoutBeingAskedFor() {
        Pair pair = carrying();
        pair.phase(Phase.SINGLE);
        pair.write(Docs.put(KEY, "a", "x"));
        pair.settle();
        pair.phase(Phase.MIRRORING);
        pair.toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.Refuse(new Outcome.Failed("busy"))));
        assertThat(reconcile(pair).join().pending()).isEqualTo(1);
        assertQuietAndEqual(pair);
    }

    /** Of a process whose clock was ahead, and whose journal is lost. */
    @Test
    void documentHasAVersionFromALaterClock_versionsAreGivenAboveIt() {
        Pair pair = carrying();
        long later = VersionClock.atMillis(pair.time.wallMillis() + 3_600_000);
        pair.toPrimary()
                .participant()
                .index()
                .write(
                        List.of(new IndexWrite.Put(new StoredDocument(
                                KEY, new Stamp(later, Map.of()), "x", Map.of(), Map.of("", Docs.vector("a", "x"))))),
                        Pair.TIMEOUT);
        pair.settle();
        assertThat(reconcile(pair).join().reconciled()).isEqualTo(1);
        assertThat(pair.migration().versions().next()).isGreaterThan(later);
    }
}
