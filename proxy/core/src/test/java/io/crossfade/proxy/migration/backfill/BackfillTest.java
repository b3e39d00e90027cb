package io.crossfade.proxy.migration.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.GatedIndex;
import io.crossfade.proxy.harness.Ledger;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.harness.StoreLink;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.model.Key;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A copy of history over a journal that fails. */
final class BackfillTest {
    @TempDir
    private Path directory;

    private Fleet fleet;
    private Sidecar sidecar;

    @BeforeEach
    void begin() {
        fleet = new Fleet(directory, 1);
        fleet.setting.refuseOnLoss(true);
        fleet.start();
        sidecar = fleet.first();
        for (int i = 0; i < 30; i++) {
            fleet.await(sidecar.write(Docs.put(Key.of("k" + i), "a", "x")));
        }
    }

    private boolean isCopied() {
        return sidecar.progress().filter(CopyProgress::isDone).isPresent();
    }

    private void damage(String record) {
        Ledger store = fleet.control();
        Revision now = fleet.await(store.read(record)).orElseThrow().revision();
        fleet.await(store.compareAndSet(record, now, new byte[] {'{', '"'}));
    }

    private void startAgain() {
        sidecar.kill();
        sidecar.start();
        assertThat(fleet.until(sidecar::isServing)).isTrue();
    }

    @Test
    void progressIsDamaged_theCopyBeginsAnew() {
        fleet.await(sidecar.startMigration());
        assertThat(fleet.until(this::isCopied)).isTrue();
        damage(Fleet.COLLECTION + ".backfill");
        startAgain();

        assertThat(fleet.until(this::isCopied)).isTrue();
        assertThat(fleet.await(sidecar.verify(false)).wasClean()).isTrue();
        fleet.await(sidecar.flip());
    }

    /** After the flip nothing is copied any more, but marks are closed only where the copy is known to have begun. */
    @Test
    void progressIsDamagedAfterTheFlip_pendingDocumentsAreReplayed() {
        fleet.await(sidecar.startMigration());
        assertThat(fleet.until(this::isCopied)).isTrue();
        fleet.await(sidecar.verify(false));
        fleet.await(sidecar.flip());
        damage(Fleet.COLLECTION + ".backfill");
        startAgain();

        fleet.await(sidecar.write(Docs.put(Key.of("k1"), "a", "y")));
        assertThat(fleet.until(() -> sidecar.migration().marks().pendingKeys() == 0))
                .isTrue();
    }

    @Test
    void verdictsAreDamaged_theyAreVoid_andMadeAnew() {
        fleet.await(sidecar.startMigration());
        assertThat(fleet.until(this::isCopied)).isTrue();
        fleet.await(sidecar.verify(false));
        damage(Fleet.COLLECTION + ".verify");
        startAgain();

        assertThat(fleet.await(sidecar.verify(false)).wasClean()).isTrue();
        fleet.await(sidecar.flip());
    }

    /** What the route is must not be guessed. */
    @Test
    void stateIsDamaged_theSidecarDoesNotStart_andSaysWhy() {
        damage(Fleet.COLLECTION);
        sidecar.kill();
        sidecar.start();

        assertThat(fleet.until(() -> sidecar.refusal().isPresent())).isTrue();
        assertThat(sidecar.refusal().orElseThrow())
                .hasMessageContaining("control record " + Fleet.COLLECTION + " cannot be read");
    }

    @Test
    void storeIsAwayAsTheCopyIsToBegin_theStatusSaysSo_untilItHasBegun() {
        fleet.await(sidecar.startMigration());
        sidecar.link().trouble(() -> StoreLink.Fate.LOST, () -> false);
        fleet.pass(20_000);
        assertThat(sidecar.admin().status().join().backfillProblem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("not begun yet", "did not follow"));

        sidecar.link().trouble(() -> StoreLink.Fate.ANSWERED, () -> false);
        assertThat(fleet.until(this::isCopied)).isTrue();
        assertThat(sidecar.admin().status().join().backfillProblem()).isEmpty();
    }

    @Test
    void journalRefuses_whatIsNotRecordedDoesNotCountAsCopied() {
        fleet.await(sidecar.startMigration());
        sidecar.disk.failApply(1);
        assertThat(fleet.until(() -> sidecar.migration().journal().isLost())).isTrue();
        assertThat(isCopied()).isFalse();

        sidecar.kill();
        sidecar.start();
        assertThat(fleet.until(() -> sidecar.isServing() && isCopied())).isTrue();
        assertThat(fleet.until(() -> sidecar.migration().marks().pendingKeys() == 0))
                .isTrue();
        assertThat(fleet.onMigration()).containsOnlyKeys(fleet.onPrimary().keySet());
    }

    /** A batch that takes long keeps neither the others nor their successors from being copied, up to a few. */
    @Test
    void severalBatchesAreUnderWay_butNoCheckpointPassesOneThatIsNotDone() {
        fleet.setting.batch(4);
        startAgain();
        GatedIndex gate = sidecar.toMigration().gate();
        gate.holdWrites(true);
        fleet.await(sidecar.startMigration());
        assertThat(fleet.until(() -> gate.heldWrites() == 3)).isTrue();
        fleet.pass(1_000);
        assertThat(gate.heldWrites()).isEqualTo(3);

        gate.write(1).answer();
        gate.write(2).answer();
        fleet.pass(1_000);
        assertThat(sidecar.progress().orElseThrow().copied()).isZero();
        sidecar.kill();
        sidecar.start();

        assertThat(fleet.until(() -> sidecar.isServing() && isCopied())).isTrue();
        assertThat(sidecar.progress().orElseThrow().copied()).isEqualTo(30);
        assertThat(fleet.until(() -> sidecar.migration().marks().pendingKeys() == 0))
                .isTrue();
        assertThat(fleet.onMigration()).containsOnlyKeys(fleet.onPrimary().keySet());
    }

    @Test
    void killedInTheMiddle_goesOnAtTheCheckpoint() {
        fleet.setting.batch(4);
        startAgain();
        fleet.await(sidecar.startMigration());
        fleet.slowReads();
        assertThat(fleet.until(
                        () -> sidecar.progress().map(CopyProgress::copied).orElse(0L) >= 12))
                .isTrue();
        sidecar.kill();
        sidecar.start();

        assertThat(fleet.until(() -> sidecar.isServing() && isCopied())).isTrue();
        assertThat(sidecar.progress().orElseThrow().copied()).isEqualTo(30);
        assertThat(sidecar.toMigration().gate().seen().size()).isLessThan(30 / 4);
    }
}
