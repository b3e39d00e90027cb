package io.crossfade.proxy.migration.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.harness.StoreLink;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.model.Key;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator asks of a backfill, at whatever moment of a migration. */
final class PaceAndPauseTest {
    private static final int DOCUMENTS = 30;
    private static final long LONGER_THAN_UNTIL_IT_BEGINS = 30_000;

    @TempDir
    private Path directory;

    private Fleet fleet(int size) {
        Fleet fleet = new Fleet(directory, size).start();
        for (int i = 0; i < DOCUMENTS; i++) {
            fleet.await(fleet.first().write(Docs.put(Key.of("k" + i), "a", "x")));
        }
        return fleet;
    }

    private static Status status(Sidecar sidecar) {
        return sidecar.admin().status().join();
    }

    private static boolean isCopied(Sidecar sidecar) {
        return sidecar.progress().filter(CopyProgress::isDone).isPresent();
    }

    @Test
    void pausedBeforeItBegins_copiesNothingUntilItIsResumed() {
        Fleet fleet = fleet(1);
        Sidecar sidecar = fleet.first();
        fleet.await(sidecar.startMigration());
        fleet.await(sidecar.admin().pauseBackfill(true));

        fleet.pass(LONGER_THAN_UNTIL_IT_BEGINS);
        assertThat(sidecar.progress())
                .hasValueSatisfying(progress -> assertThat(progress.paused()).isTrue());
        assertThat(fleet.onMigration()).isEmpty();

        fleet.await(sidecar.admin().pauseBackfill(false));
        assertThat(fleet.until(() -> isCopied(sidecar))).isTrue();
        assertThat(fleet.onMigration()).hasSize(DOCUMENTS);
    }

    /** Seed 44828: the copy of an aborted migration was to begin, and waits for what may still land. */
    @Test
    void pausedInASecondMigration_staysSoWhenTheCopyOfTheFirstWouldBegin() {
        Fleet fleet = fleet(1);
        Sidecar sidecar = fleet.first();
        fleet.await(sidecar.startMigration());
        fleet.pass(100);
        fleet.await(sidecar.abort());
        fleet.await(sidecar.startMigration());
        fleet.await(sidecar.admin().pauseBackfill(true));

        fleet.pass(LONGER_THAN_UNTIL_IT_BEGINS);
        assertThat(sidecar.progress())
                .hasValueSatisfying(progress -> assertThat(progress.paused()).isTrue());
        assertThat(fleet.onMigration()).isEmpty();
    }

    @Test
    void resumedBeforeItBegins_copies() {
        Fleet fleet = fleet(1);
        Sidecar sidecar = fleet.first();
        fleet.await(sidecar.startMigration());
        fleet.await(sidecar.admin().pauseBackfill(true));
        fleet.await(sidecar.admin().pauseBackfill(false));

        assertThat(fleet.until(() -> isCopied(sidecar))).isTrue();
    }

    @Test
    void askedForBeforeItBegins_andKilled_isHonouredByTheNextProcess() {
        Fleet fleet = fleet(1);
        Sidecar sidecar = fleet.first();
        fleet.await(sidecar.startMigration());
        fleet.await(sidecar.admin().setPace(5));
        fleet.await(sidecar.admin().pauseBackfill(true));
        sidecar.kill();
        sidecar.start();
        assertThat(fleet.until(sidecar::isServing)).isTrue();

        fleet.pass(LONGER_THAN_UNTIL_IT_BEGINS);
        assertThat(fleet.onMigration()).isEmpty();
        assertThat(status(sidecar).pace()).isEqualTo(5);
        fleet.await(sidecar.admin().pauseBackfill(false));
        assertThat(fleet.until(() -> isCopied(sidecar))).isTrue();
    }

    @Test
    void pausedAfterItHasBegun_nobodySaysHowFastItGoes() {
        Fleet fleet = fleet(1);
        Sidecar sidecar = fleet.first();
        fleet.await(sidecar.startMigration());
        fleet.await(sidecar.admin().setPace(5));
        assertThat(fleet.until(() -> status(sidecar).documentsPerSecond().isPresent()))
                .isTrue();
        assertThat(status(sidecar).documentsPerSecond().orElseThrow()).isBetween(1.0, 10.0);

        fleet.await(sidecar.admin().pauseBackfill(true));
        assertThat(status(sidecar).documentsPerSecond()).isEmpty();
    }

    /** Only the backfill's own beginning is the word that nothing unmarked can land any more. */
    @Test
    void askedForBeforeItBegins_isNotTakenForItsBeginning() {
        Fleet fleet = fleet(1);
        Sidecar sidecar = fleet.first();
        fleet.await(sidecar.startMigration());
        fleet.await(sidecar.admin().setPace(5));

        fleet.await(sidecar.write(Docs.put(Key.of("k0"), "a", "y")));
        fleet.pass(100);
        assertThat(sidecar.migration().marks().pendingKeys()).isOne();
        assertThat(status(sidecar).backfill())
                .hasValueSatisfying(progress -> assertThat(progress.begun()).isFalse());
    }

    @Test
    void paceThatIsRefused_isNotSet() {
        Fleet fleet = fleet(1);
        Sidecar sidecar = fleet.first();

        assertThatThrownBy(() -> fleet.await(sidecar.admin().setPace(5)))
                .hasMessageContaining("expected: phase MIRRORING");
        assertThat(status(sidecar).pace()).isZero();
    }

    @Test
    void paceThatTheStoreDoesNotTake_isNotSet() {
        Fleet fleet = fleet(1);
        Sidecar sidecar = fleet.first();
        fleet.await(sidecar.startMigration());
        assertThat(fleet.until(() -> isCopied(sidecar))).isTrue();
        sidecar.link().trouble(() -> StoreLink.Fate.LOST, () -> false);

        var set = sidecar.admin().setPace(5);
        fleet.until(set::isDone);
        assertThat(set).isCompletedExceptionally();
        assertThat(status(sidecar).pace()).isZero();
    }

    @Test
    void paceOfAMigration_endsWithIt() {
        Fleet fleet = fleet(1);
        Sidecar sidecar = fleet.first();
        fleet.await(sidecar.startMigration());
        fleet.await(sidecar.admin().setPace(5));
        fleet.await(sidecar.abort());

        assertThat(status(sidecar).pace()).isZero();
    }

    @Test
    void paceThatIsSetThroughAnotherMember_isHonouredByTheOneThatCopies() {
        Fleet fleet = fleet(2);
        fleet.await(fleet.first().startMigration());
        assertThat(fleet.until(() -> fleet.first().progress().isPresent())).isTrue();

        fleet.await(fleet.get(1).admin().setPace(5));
        assertThat(fleet.until(() -> status(fleet.first()).pace() == 5)).isTrue();
    }
}
