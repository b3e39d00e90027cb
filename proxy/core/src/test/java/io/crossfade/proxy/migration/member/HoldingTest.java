package io.crossfade.proxy.migration.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.time.Cause;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long writes wait while reads move, whatever happens meanwhile: at most {@code flip.max_hold} in all. */
final class HoldingTest {
    private static final Key KEY = Key.of("1");
    private static final Duration MAX_HOLD = Duration.ofSeconds(2);
    private static final Fault HANG = new Fault.Hang();

    @TempDir
    Path directory;

    @Test
    void longReadRuns_writesDoNotWaitForIt() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.first().toPrimary().gate().holdFetches(true);
        var read = fleet.first().fetch(Key.of("k0"), Duration.ofSeconds(60));
        fleet.first().toPrimary().gate().holdFetches(false);
        Admin.Stepped flipped = fleet.await(fleet.first().flip());
        assertThat(flipped.phase()).isEqualTo(Phase.REVERSED);
        assertThat(flipped.held()).isLessThan(Duration.ofMillis(500));
        assertThat(read).isNotDone();
        assertThat(fleet.await(fleet.first().write(Docs.put(KEY, "a", "x"))).epoch())
                .isEqualTo(flipped.epoch());
    }

    @Test
    void longReadRuns_anIndexIsLetGoWhenItHasEnded() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.first().toPrimary().gate().holdFetches(true);
        var read = fleet.first().fetch(Key.of("k0"), Duration.ofSeconds(60));
        fleet.first().toPrimary().gate().holdFetches(false);
        fleet.await(fleet.first().flip());
        var completed = fleet.first().complete();
        fleet.pass(1_000);
        assertThat(fleet.first().hasMigration()).isTrue();
        assertThat(completed).isNotDone();
        fleet.first().toPrimary().gate().fetch(0).land().answer();
        fleet.await(read);
        fleet.await(completed);
        assertThat(fleet.first().hasMigration()).isFalse();
    }

    /** What the old index shows that late may be a write that the new one does not have yet, or the other way round. */
    @Test
    void readIsAnsweredAfterReadsHaveMoved_itIsReadAgain() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.first().toPrimary().gate().holdFetches(true);
        var read = fleet.first().fetch(KEY);
        fleet.first().toPrimary().gate().holdFetches(false);
        fleet.first().toPrimary().gate().fetch(0).land();
        fleet.await(fleet.first().flip());
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "after the flip")));
        fleet.first().toPrimary().gate().fetch(0).answer();
        assertThat(fleet.await(read).documents())
                .singleElement()
                .satisfies(document -> assertThat(Docs.value(document)).isEqualTo("after the flip"));
    }

    @Test
    void readIsAnsweredAfterReadsHaveMoved_andTheNewIndexFails_theFirstAnswerIsTold() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "before the flip")));
        fleet.first().toPrimary().gate().holdFetches(true);
        var read = fleet.first().fetch(KEY);
        fleet.first().toPrimary().gate().holdFetches(false);
        fleet.first().toPrimary().gate().fetch(0).land();
        fleet.await(fleet.first().flip());
        fleet.first().toMigration().faults().plan(FaultPlan.always(HANG));
        fleet.first().toPrimary().gate().fetch(0).answer();
        fleet.until(read::isDone);
        assertThat(read.join().documents())
                .singleElement()
                .satisfies(document -> assertThat(Docs.value(document)).isEqualTo("before the flip"));
    }

    @Test
    void keyIsRefusedForNow_theFlipIsRefusedBeforeAnyWriteIsHeld() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        refuse(fleet, KEY);
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "x")));
        CallException refused = StepsFixture.refusal(fleet);
        assertThat(refused.blockers()).extracting(Blocker::code).containsExactly(Blocker.Code.PENDING_TOO_OLD);
        assertThat(refused).hasMessageContaining(KEY.toString());
        assertThat(fleet.first().member().gate().heldNanos()).isZero();
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
    }

    @Test
    void keyIsRefusedOnceSealed_writesAreHeldOnceAndNoLonger() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.slowStore();
        var flipped = fleet.first().flip();
        fleet.until(() -> fleet.first().route().phase() == Phase.SEALED);
        refuse(fleet, KEY);
        var refused = fleet.first().write(Docs.put(KEY, "a", "x"));
        fleet.until(() -> fleet.first().member().gate().isHolding());
        var other = fleet.first().write(Docs.put(Key.of("2"), "a", "y"));
        fleet.until(flipped::isDone);
        assertThat(flipped).isCompletedExceptionally();
        assertThat(messageOf(flipped)).contains("flip.max_hold").contains(KEY.toString());
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
        assertThat(follower(fleet, refused)).isEqualTo(WriteReply.Follower.PENDING);
        fleet.await(other);
        assertHeldNoLonger(fleet);
    }

    @Test
    void newIndexHangsWhileReadsMove_writesAreHeldOnceAndNoLonger() {
        for (int millis = 20; millis <= 140; millis += 20) {
            Fleet fleet =
                    StepsFixture.fleet(directory.resolve("after" + millis), 1).migrated();
            fleet.slowStore();
            List<CompletableFuture<WriteReply>> writes = new ArrayList<>();
            var flipped = fleet.first().flip();
            for (int i = 0; i < millis; i += 10) {
                writes.add(fleet.first().write(Docs.put(Key.of("w" + i), "a", "x")));
                fleet.pass(10);
            }
            fleet.first().toMigration().faults().plan(FaultPlan.always(HANG));
            writes.add(fleet.first().write(Docs.put(KEY, "a", "x")));
            fleet.until(flipped::isDone);
            fleet.pass(30_000);
            assertHeldNoLonger(fleet);
            if (fleet.phase() == Phase.MIRRORING) {
                writes.forEach(fleet::await);
            }
            fleet.first().toMigration().faults().heal();
            fleet.pass(60_000);
            StepsFixture.assertEqual(fleet);
        }
    }

    @Test
    void newIndexHangs_readsGoBackWithinTheBudgetAndNothingAckedIsLost() {
        for (int writers = 0; writers <= 5; writers++) {
            Fleet fleet = StepsFixture.fleet(directory.resolve("writers" + writers), 1)
                    .migrated();
            fleet.await(fleet.first().flip());
            fleet.await(fleet.first().write(Docs.put(KEY, "a", "acked")));
            fleet.first().toMigration().faults().plan(FaultPlan.always(HANG));
            List<CompletableFuture<WriteReply>> before = write(fleet, writers, "before");
            fleet.pass(100);
            var back = fleet.first().rollback();
            fleet.until(() -> fleet.first().member().gate().isHolding());
            List<CompletableFuture<WriteReply>> during = write(fleet, writers, "during");
            fleet.until(back::isDone);
            assertThat(fleet.await(back).phase()).isEqualTo(Phase.MIRRORING);
            assertHeldNoLonger(fleet);
            during.forEach(fleet::await);
            before.forEach(write -> assertThat(write).isDone());
            assertThat(Docs.value(fleet.onPrimary().get(KEY))).isEqualTo("acked");
            fleet.first().toMigration().faults().heal();
            fleet.pass(60_000);
            StepsFixture.assertEqual(fleet);
        }
    }

    @Test
    void oldIndexMayStillChange_readsDoNotGoBackToIt() {
        Fleet fleet = reversed();
        fleet.first().toMigration().faults().plan(FaultPlan.always(HANG));
        fleet.first().toPrimary().gate().holdWrites(true);
        var write = fleet.first().write(Docs.put(KEY, "a", "x"));
        fleet.pass(10);
        fleet.first().toPrimary().gate().holdWrites(false);
        var back = fleet.first().rollback();
        fleet.until(back::isDone);
        assertThat(back).isCompletedExceptionally();
        assertThat(fleet.phase()).isEqualTo(Phase.REVERSED);
        assertThat(write).isDone();
        assertHeldNoLonger(fleet);
    }

    @Test
    void reconcileHangsAtTheNewIndex_readsGoBackAndItWritesNothing() {
        Fleet fleet = reversed();
        fleet.first().toMigration().gate().holdFetches(true);
        var reconciled = fleet.first().admin().reconcile(List.of(Key.of("k0")));
        fleet.pass(10);
        fleet.first().toMigration().gate().holdFetches(false);
        fleet.await(fleet.first().rollback());
        fleet.await(fleet.first().write(Docs.put(Key.of("k0"), "a", "newer")));
        int writes = fleet.first().toPrimary().gate().seen().size();
        fleet.first().toMigration().gate().fetch(0).land().answer();
        fleet.await(reconciled);
        fleet.pass(100);
        assertThat(fleet.first().toPrimary().gate().seen()).hasSize(writes);
        assertThat(Docs.value(fleet.onPrimary().get(Key.of("k0")))).isEqualTo("newer");
    }

    @Test
    void cutOffBeforeItWasSent_itIsDoneOnTheNextRouteOnly() {
        Fleet fleet = reversed();
        fleet.slowStore();
        var back = fleet.first().rollback();
        fleet.until(() -> fleet.state().step() != null);
        fleet.first().disk.latency(() -> Duration.ofMillis(1_500));
        var write = fleet.first().write(Docs.put(KEY, "a", "x"));
        fleet.settle();
        fleet.first().disk.latency(() -> Duration.ZERO);
        int sent = fleet.first().toMigration().gate().seen().size();
        fleet.await(back);
        assertThat(fleet.await(write).epoch()).isGreaterThan(5);
        fleet.pass(2_000);
        assertThat(fleet.first().toMigration().gate().seen()).hasSize(sent + 1);
    }

    @Test
    void ackedWritesAreOnTheDeadIndexOnly_readsGoBackByNameAndTheyAreBroughtBackLater() {
        Fleet fleet = reversed();
        fleet.first().toPrimary().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("busy"))));
        fleet.await(fleet.first().write(Docs.put(KEY, "a", "acked")));
        fleet.await(fleet.first().write(Docs.put(Key.of("k0"), "a", "newer")));
        fleet.first().toMigration().faults().plan(FaultPlan.always(HANG));
        fleet.first().toPrimary().faults().heal();
        var refused = fleet.first().rollback();
        fleet.until(refused::isDone);
        assertThat(messageOf(refused)).contains("PENDING_TOO_OLD").contains(KEY.toString());
        assertThat(fleet.await(fleet.first().rollbackLeavingBehind()).phase()).isEqualTo(Phase.MIRRORING);
        assertThat(fleet.onPrimary()).doesNotContainKey(KEY);
        // Marks tell what was left behind; the dead index is not asked.
        assertThat(List.of(noted(fleet, KEY), noted(fleet, Key.of("k0")), noted(fleet, Key.of("k1"))))
                .containsExactly(WriteReply.Leader.FAILED, WriteReply.Leader.FAILED, WriteReply.Leader.APPLIED);
        fleet.first().toMigration().faults().heal();
        fleet.pass(30_000);
        assertThat(Docs.value(fleet.onMigration().get(KEY))).isEqualTo("acked");
        fleet.await(fleet.first().recover());
        assertThat(Docs.value(fleet.onPrimary().get(KEY))).isEqualTo("acked");
        assertThat(Docs.value(fleet.onPrimary().get(Key.of("k0")))).isEqualTo("newer");
        fleet.await(fleet.first().verify(true));
        fleet.await(fleet.first().verify(false));
        assertThat(fleet.await(fleet.first().flip()).phase()).isEqualTo(Phase.REVERSED);
        StepsFixture.assertEqual(fleet);
    }

    private static WriteReply.Leader noted(Fleet fleet, Key key) {
        return fleet.await(fleet.first().write(Docs.patch(key, "note", "n")))
                .results()
                .get(0)
                .leader();
    }

    @Test
    void ackWaitsForBoth_theNewIndexIsLostForGoodAndNothingAckedIsLeftBehind() {
        Fleet fleet = embedding();
        fleet.setting.bothAfterFlip(true);
        fleet.start().migrated();
        fleet.await(fleet.first().flip());
        WriteReply acked = fleet.await(fleet.first().write(text(KEY, "acked")));
        assertThat(acked.results().get(0).follower()).isEqualTo(WriteReply.Follower.APPLIED);
        var late = fleet.first().write(text(Key.of("2"), "not acked"));
        fleet.settle();
        assertThat(fleet.onMigration()).containsKey(Key.of("2"));
        fleet.first().toMigration().faults().plan(FaultPlan.always(HANG));
        assertThat(fleet.await(fleet.first().rollback()).phase()).isEqualTo(Phase.MIRRORING);
        assertThat(messageOf(late)).contains("may have been applied");
        assertThat(Objects.requireNonNull(fleet.onPrimary().get(KEY)).text()).isEqualTo("acked");
        fleet.await(fleet.first().write(text(Key.of("2"), "again")));
        assertHeldNoLonger(fleet);
    }

    @Test
    void ackWaitsForBoth_notForAnOldIndexThatIsDown() {
        Fleet fleet = embedding();
        fleet.setting.bothAfterFlip(true);
        fleet.setting.minCalls(2);
        fleet.start().migrated();
        fleet.await(fleet.first().flip());
        fleet.first().toPrimary().faults().plan(FaultPlan.always(new Fault.Refuse(new Outcome.Failed("down"))));
        for (int i = 0; i < 10; i++) {
            WriteReply acked = fleet.await(fleet.first().write(text(Key.of("new" + i), "acked")));
            assertThat(acked.results().get(0).leader()).isEqualTo(WriteReply.Leader.APPLIED);
        }
    }

    private Fleet embedding() {
        return new Fleet(
                directory, 1, "b", TextSource.OWN, Map.of("", new Docs.Model("b")), Map.of("", new Docs.Model("a")));
    }

    private static WriteOp text(Key key, String text) {
        return Docs.put(key, text, List.of());
    }

    private Fleet reversed() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.await(fleet.first().flip());
        return fleet;
    }

    @Test
    void killedInAFlip_theOnlyMemberIsTakenHomeAtOnce() {
        for (Phase phase : List.of(Phase.SEALED, Phase.SWITCHED)) {
            Fleet fleet = StepsFixture.fleet(directory.resolve(phase.name()), 1).migrated();
            fleet.slowStore();
            var unused = fleet.first().flip();
            fleet.until(() -> fleet.first().route().phase() == phase);
            fleet.first().kill();
            fleet.first().start();
            fleet.until(fleet.first()::isServing);
            fleet.pass(1_000);
            assertThat(fleet.phase()).isEqualTo(phase == Phase.SEALED ? Phase.MIRRORING : Phase.REVERSED);
            fleet.await(fleet.first().write(Docs.put(KEY, "a", "x")));
        }
    }

    @Test
    void adminDiesInAFleet_itsStepIsGivenUpByWhoeverIsThere() {
        Fleet fleet = StepsFixture.fleet(directory, 2).migrated();
        fleet.slowStore();
        var unused = fleet.get(1).flip();
        fleet.until(() -> fleet.state().step() != null);
        fleet.get(1).kill();
        fleet.pass(40_000);
        assertThat(fleet.state().step()).isNull();
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
    }

    @Test
    void killedWithAStepOpen_theOnlyMemberGivesItUpAtOnce() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.slowStore();
        var unused = fleet.first().flip();
        fleet.until(() -> fleet.state().step() != null);
        fleet.first().kill();
        fleet.first().start();
        fleet.until(fleet.first()::isServing);
        fleet.pass(1_000);
        assertThat(fleet.state().step()).isNull();
    }

    private static List<CompletableFuture<WriteReply>> write(Fleet fleet, int count, String id) {
        List<CompletableFuture<WriteReply>> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            writes.add(fleet.first().write(Docs.put(Key.of(id + i), "a", "x")));
        }
        return writes;
    }

    private static void refuse(Fleet fleet, Key key) {
        Fault.Refuse refusal = new Fault.Refuse(
                new Outcome.Failed("not now"), write -> write.key().equals(key));
        fleet.first().toMigration().faults().plan(FaultPlan.on(FaultPlan.Operation.WRITE, refusal));
    }

    private static WriteReply.Follower follower(Fleet fleet, CompletableFuture<WriteReply> reply) {
        return fleet.await(reply).results().get(0).follower();
    }

    private static String messageOf(CompletableFuture<?> failed) {
        return failed.handle((done, thrown) -> Cause.message(thrown)).join();
    }

    /** Beyond the budget only what the record takes to say that the step is given up. */
    private static void assertHeldNoLonger(Fleet fleet) {
        assertThat(Duration.ofNanos(fleet.first().member().gate().heldNanos())).isLessThan(MAX_HOLD.plusMillis(500));
    }
}
