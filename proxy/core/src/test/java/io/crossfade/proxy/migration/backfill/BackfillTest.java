package io.crossfade.proxy.migration.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
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

    @Test
    void journalRefuses_whatIsNotRecordedDoesNotCountAsCopied() {
        fleet.await(sidecar.startMigration());
        sidecar.disk.failApply(1);
        fleet.pass(10_000);
        assertThat(sidecar.migration().journal().isLost()).isTrue();
        assertThat(isCopied()).isFalse();

        sidecar.kill();
        sidecar.start();
        assertThat(fleet.until(() -> sidecar.isServing() && isCopied())).isTrue();
        assertThat(fleet.until(() -> sidecar.migration().marks().pendingKeys() == 0))
                .isTrue();
        assertThat(fleet.onMigration()).containsOnlyKeys(fleet.onPrimary().keySet());
    }
}
