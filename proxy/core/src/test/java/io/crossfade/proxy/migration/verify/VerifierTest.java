package io.crossfade.proxy.migration.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.GatedIndex;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While keys are written, what was read of one index may be older than what was read of the other. */
final class VerifierTest {
    private static final int KEYS = 25;

    @TempDir
    Path directory;

    private Fleet fleet;

    @BeforeEach
    void migrate() {
        fleet = new Fleet(directory, 1);
        fleet.setting.batch(KEYS);
        fleet.start();
        write("old");
        fleet.migrated();
    }

    private void write(String value) {
        for (int i = 0; i < KEYS; i++) {
            fleet.await(fleet.first().write(Docs.put(Key.of("k" + i), "a", value)));
        }
    }

    private void assertNoFalseAlarm(GatedIndex readBefore, GatedIndex readAfter) {
        Sidecar.Findings findings = new Sidecar.Findings();
        readBefore.holdFetches(true);
        readAfter.holdFetches(true);
        var verified = fleet.first().verify(false, findings);
        assertThat(fleet.until(() -> readBefore.heldFetches() == 1 && readAfter.heldFetches() == 1))
                .isTrue();
        readBefore.fetch(0).land();
        write("new");
        assertThat(fleet.until(() -> fleet.first().migration().marks().pendingKeys() == 0))
                .isTrue();
        readBefore.holdFetches(false);
        readAfter.holdFetches(false);
        readBefore.fetch(0).answer();
        readAfter.fetch(0).answer();
        assertThat(fleet.await(verified).wasClean()).isTrue();
        assertThat(findings.found).isEmpty();
    }

    @Test
    void writtenAfterTheFollowerWasRead_isLookedAtAgain() {
        assertNoFalseAlarm(
                fleet.first().toMigration().gate(), fleet.first().toPrimary().gate());
    }

    @Test
    void writtenAfterTheLeaderWasRead_isLookedAtAgain() {
        assertNoFalseAlarm(
                fleet.first().toPrimary().gate(), fleet.first().toMigration().gate());
    }

    private void restart() {
        fleet.first().kill();
        fleet.first().start();
        assertThat(fleet.until(() -> fleet.first().hasMigration()
                        && fleet.first().migration().reconcilable().isPresent()))
                .isTrue();
    }

    /** What the process before has sent may land for a while, so replay waits, and nobody touches the documents. */
    @Test
    void sidecarIsKilledAndComparesAtOnce_whatItTookOverIsNotMoving() {
        fleet.first().toMigration().gate().holdWrites(true);
        for (int i = 0; i < KEYS; i++) {
            var unused = fleet.first().write(Docs.put(Key.of("k" + i), "a", "new"));
        }
        fleet.pass(100);
        fleet.setting.looks(2);
        restart();

        Sidecar.Findings findings = new Sidecar.Findings();
        assertThat(fleet.first().migration().marks().pendingKeys()).isEqualTo(KEYS);
        var verified = fleet.first().verify(false, findings);
        assertThat(fleet.await(verified).wasClean()).isTrue();
        assertThat(findings.found).isEmpty();
    }

    /** Replay sees to a few at a time: as long as it gets on, nothing is said of the others. */
    @Test
    void replayTakesLongerThanAllLooks_whatItHasYetToSeeToIsNotMoving() {
        fleet.first().toMigration().gate().holdWrites(true);
        write("new");
        restart();
        fleet.first()
                .toMigration()
                .faults()
                .plan(FaultPlan.on(FaultPlan.Operation.WRITE, new Fault.Slow(Duration.ofMillis(900))));

        Sidecar.Findings findings = new Sidecar.Findings();
        assertThat(fleet.await(fleet.first().verify(false, findings)).wasClean())
                .isTrue();
        assertThat(findings.found).isEmpty();
    }

    @Test
    void replayCannotSeeToIt_isListed_withTheReason() {
        fleet.first().toMigration().gate().holdWrites(true);
        fleet.first().write(Docs.put(Key.of("k0"), "a", "new"));
        fleet.pass(100);
        restart();
        fleet.first()
                .toMigration()
                .faults()
                .plan(FaultPlan.on(FaultPlan.Operation.WRITE, new Fault.Refuse(new Outcome.Failed("no such field"))));

        Sidecar.Findings findings = new Sidecar.Findings();
        fleet.await(fleet.first().verify(false, findings));
        assertThat(findings.found)
                .singleElement()
                .satisfies(found -> assertThat(found.detail()).contains("pending", "no such field"));
    }

    /** Fewer are left now and then, but never fewer than before: that is not replay getting on. */
    @Test
    void replayGetsNothingDoneAndWhatIsPendingComesAndGoes_theComparisonEnds() {
        fleet.first()
                .toMigration()
                .faults()
                .plan(FaultPlan.on(FaultPlan.Operation.WRITE, new Fault.Refuse(new Outcome.Failed("no such field"))));
        write("new");
        var verified = fleet.first().verify(false);
        GatedIndex leader = fleet.first().toPrimary().gate();
        for (int i = 0; i < 50 && !verified.isDone(); i++) {
            leader.holdWrites(true);
            var unused = fleet.first().write(Docs.put(Key.of("k0"), "a", "newer"));
            fleet.pass(300);
            leader.releaseWrites();
            fleet.pass(300);
        }
        assertThat(verified).isDone();
    }

    @Test
    void pendingAllTheTime_isListedAsMoving() {
        fleet.first().toMigration().gate().holdWrites(true);
        fleet.first().write(Docs.put(Key.of("k0"), "a", "new"));
        Sidecar.Findings findings = new Sidecar.Findings();
        assertThat(fleet.await(fleet.first().verify(false, findings)).wasClean())
                .isFalse();
        assertThat(findings.found)
                .extracting(Difference::key, Difference::kind)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(Key.of("k0"), Difference.Kind.MOVING));
    }

    private static VerifyState stored(Fleet fleet) {
        return fleet.verdicts().orElseThrow();
    }

    /** Goes on where it was stopped, and its verdict is of all. */
    @Test
    void runThatWasStopped_goesOnAtItsCheckpoint() {
        fleet.setting.batch(4);
        restart();
        fleet.slowReads();
        Sidecar.Findings first = new Sidecar.Findings();
        var stopped = fleet.first().verify(false, first);
        assertThat(fleet.until(() -> stored(fleet).halfway() != null)).isTrue();
        first.cancel();
        fleet.until(stopped::isDone);
        assertThat(stopped).isCompletedExceptionally();
        long before = Objects.requireNonNull(stored(fleet).halfway()).found().compared();
        restart();

        Sidecar.Findings second = new Sidecar.Findings();
        VerifyState verified = fleet.await(fleet.first().admin().verify(false, 0, false, second));
        assertThat(before).isPositive();
        assertThat(second.compared()).isEqualTo(KEYS - before);
        assertThat(verified.verdict().compared()).isEqualTo(KEYS);
        assertThat(verified.wasClean()).isTrue();
        assertThat(verified.halfway()).isNull();
    }

    /** A position in the old index is none in the new one, and each side is another index now. */
    @Test
    void readsHaveMovedSinceARunWasStopped_theNextOneBeginsAnew() {
        fleet.setting.batch(4);
        restart();
        assertThat(fleet.await(fleet.first().verify(false)).wasClean()).isTrue();
        fleet.slowReads();
        Sidecar.Findings first = new Sidecar.Findings();
        var stopped = fleet.first().verify(false, first);
        assertThat(fleet.until(() -> stored(fleet).halfway() != null)).isTrue();
        first.cancel();
        fleet.until(stopped::isDone);
        fleet.await(fleet.first().flip());

        Sidecar.Findings second = new Sidecar.Findings();
        VerifyState verified = fleet.await(fleet.first().admin().verify(false, 0, false, second));
        assertThat(second.compared()).isEqualTo(KEYS);
        assertThat(verified.verdict().compared()).isEqualTo(KEYS);
        assertThat(verified.wasClean()).isTrue();
    }

    /** R25: that documents are repaired is recorded before they are, or a crash would leave a verdict of before it good. */
    @Test
    void repairBegins_anEarlierVerdictIsNotGoodAnyMore() {
        assertThat(fleet.await(fleet.first().verify(false)).wasClean()).isTrue();
        fleet.migration.changeVector(Key.of("k3"), Embedding.of(9, 9));
        GatedIndex gate = fleet.first().toMigration().gate();
        gate.holdWrites(true);
        var unused = fleet.first().verify(true);
        assertThat(fleet.until(() -> gate.heldWrites() == 1)).isTrue();
        fleet.first().kill();

        assertThat(stored(fleet).wasClean()).isFalse();
    }

    /** Seed 87304: the record that it was written again is lost. */
    @Test
    void journalIsRestoredFromWhenADocumentWasParked_theComparisonThatFindsItEqualSetsItFree() {
        Key key = Key.of("k0");
        fleet.first()
                .toMigration()
                .faults()
                .plan(FaultPlan.on(
                        FaultPlan.Operation.WRITE,
                        new Fault.Refuse(new Outcome.Rejected("too large"), write -> !write.isRemoval())));
        fleet.await(fleet.first().write(Docs.put(key, "a", "large")));
        assertThat(fleet.until(() -> fleet.isParked(key))).isTrue();
        Runnable older = fleet.first().disk.copy();
        fleet.first().toMigration().faults().heal();
        fleet.await(fleet.first().write(Docs.put(key, "a", "small")));
        assertThat(fleet.until(() -> !fleet.isParked(key))).isTrue();
        fleet.first().kill();
        older.run();
        fleet.first().start();
        assertThat(fleet.until(() -> fleet.isParked(key))).isTrue();

        assertThat(fleet.await(fleet.first().verify(false)).verdict().different())
                .isZero();
        assertThat(fleet.isParked(key)).isFalse();
    }
}
