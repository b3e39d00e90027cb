package io.crossfade.proxy.migration.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes that nobody has a record of: of what is in doubt, and when it no longer is. */
final class DirtyRangeTest {
    private static final Key KEY = Key.of("1");

    @TempDir
    Path directory;

    @Test
    void overflowDuringTheDrain_keepsTheFlipFromHappening() {
        Fleet fleet = StepsFixture.fleet(directory, 1);
        fleet.setting.maxPending(1);
        fleet.first().kill();
        fleet.first().start();
        fleet.settle();
        fleet.migrated();
        fleet.slowStore();
        fleet.first().toPrimary().gate().holdWrites(true);
        var flipped = fleet.first().flip();
        fleet.until(() -> fleet.first().route().phase() == Phase.SEALED);
        fleet.first().write(Docs.put(Key.of("x"), "a", "x"));
        fleet.first().write(Docs.put(Key.of("y"), "a", "y"));
        fleet.pass(100);
        fleet.first().toPrimary().gate().releaseWrites();
        fleet.until(flipped::isDone);
        assertThat(flipped).isCompletedExceptionally();
        assertThat(fleet.phase()).isEqualTo(Phase.MIRRORING);
        assertThat(fleet.first().migration().dirty().range()).isPresent();
    }

    @Test
    void journalIsGone_theRangeIsDirtyUntilAWholeCleanVerify() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.first().kill();
        fleet.first().loseMarks();
        fleet.first().start();
        fleet.settle();
        assertThat(fleet.first().migration().dirty().range()).isPresent();
        assertThat(StepsFixture.blockers(fleet)).contains(Blocker.Code.DIRTY_RANGE);
        fleet.await(fleet.first().verify(false));
        assertThat(fleet.first().migration().dirty().range()).isEmpty();
    }

    /** R18: a request of the lost process lands over a newer write of which nobody has a mark. */
    @Test
    void journalIsGone_theRangeEndsWhenNothingCanLandAnyMore() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.first().toMigration().faults().plan(FaultPlan.onWrite(0, new Fault.LateApply(Duration.ofMillis(300))));
        fleet.first().write(Docs.put(KEY, "a", "late"));
        fleet.pass(10);
        fleet.first().kill();
        fleet.first().loseMarks();
        fleet.first().start();
        fleet.settle();
        fleet.first().write(Docs.put(KEY, "a", "new"));
        fleet.settle();
        fleet.await(fleet.first().verify(true));
        fleet.pass(1_000);
        StepsFixture.assertEqual(fleet);
    }

    @Test
    void machineLostPower_theRangeIsDirty() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        fleet.first().toMigration().faults().plan(FaultPlan.always(new Fault.Hang()));
        fleet.first().write(Docs.put(KEY, "a", "x"));
        fleet.pass(1);
        fleet.first().kill();
        fleet.first().disk.losePower();
        fleet.first().start();
        fleet.pass(20_000);
        assertThat(fleet.first().migration().dirty().range()).isPresent();
        VerifyState verified = fleet.await(fleet.first().verify(true));
        assertThat(verified.wasClean()).isTrue();
        assertThat(verified.repairs()).isEqualTo(1);
        assertThat(fleet.first().migration().dirty().range()).isEmpty();
        StepsFixture.assertEqual(fleet);
    }

    @Test
    void verifyThatGoesOnWhereItWasStopped_doesNotEndADirtyRange() {
        Fleet fleet = StepsFixture.fleet(directory, 1).migrated();
        stopHalfway(fleet, new Sidecar.Findings());
        fleet.first().kill();
        fleet.first().loseMarks();
        fleet.first().start();
        fleet.settle();
        VerifyState verified = fleet.await(fleet.first().admin().verify(false, 0, false, new Sidecar.Findings()));
        assertThat(verified.wasClean()).isTrue();
        assertThat(fleet.first().migration().dirty().range()).isPresent();
    }

    private static void stopHalfway(Fleet fleet, Sidecar.Findings findings) {
        fleet.slowReads();
        var run = fleet.first().admin().verify(false, 0, true, findings);
        fleet.until(() -> fleet.first()
                .admin()
                .status()
                .join()
                .verify()
                .filter(state -> state.halfway() != null)
                .isPresent());
        findings.cancel();
        fleet.until(run::isDone);
        assertThat(run).isCompletedExceptionally();
    }
}
