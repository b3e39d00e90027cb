package io.crossfade.proxy.migration.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.time.Cause;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of two admins that flip at once one wins; the other learns that the route has moved, and of nothing that came of it. */
final class RacingFlipsTest {
    private static final int LATEST = 400;
    private static final int STEP = 10;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "2, 0"})
    void theSecondIsAborted_wheneverItComes(int sidecars, int second) {
        for (int later = 0; later <= LATEST; later += STEP) {
            Fleet fleet = StepsFixture.fleet(directory.resolve(sidecars + "-" + second + "-" + later), sidecars)
                    .migrated();
            fleet.slowStore();
            fleet.slowReads();
            long epoch = fleet.state().epoch();
            CompletableFuture<Admin.Stepped> first = flip(fleet.first(), epoch);
            fleet.pass(later);
            CompletableFuture<Admin.Stepped> other = flip(fleet.get(second), epoch);

            assertThat(fleet.until(() -> first.isDone() && other.isDone())).isTrue();
            assertThat(outcome(first) + ", " + outcome(other))
                    .as("%d ms later", later)
                    .isIn("done, ABORTED", "ABORTED, done");
            assertThat(fleet.phase()).isEqualTo(Phase.REVERSED);
        }
    }

    /** What it meets has become of the route that the first has left. */
    @Test
    void theSecondMeetsABlocker_whileTheFirstMovesTheRoute_isAborted() {
        Fleet fleet = StepsFixture.fleet(directory, 2).migrated();
        fleet.slowStore();
        long epoch = fleet.state().epoch();
        CompletableFuture<Admin.Stepped> first = flip(fleet.first(), epoch);
        fleet.get(1)
                .toMigration()
                .faults()
                .plan((operation, number) ->
                        operation == FaultPlan.Operation.READ && number < 1 ? new Fault.Hang() : Fault.NONE);
        CompletableFuture<Admin.Stepped> other = flip(fleet.get(1), epoch);

        assertThat(fleet.until(() -> first.isDone() && other.isDone())).isTrue();
        assertThat(outcome(first) + ", " + outcome(other)).isEqualTo("done, ABORTED");
    }

    private static CompletableFuture<Admin.Stepped> flip(Sidecar sidecar, long epoch) {
        return CompletableFuture.completedFuture(new Admin.StepRequest(Optional.of(epoch), false, "race", false))
                .thenCompose(sidecar.admin()::flip);
    }

    private static String outcome(CompletableFuture<Admin.Stepped> flip) {
        return flip.handle((done, failed) -> failed == null ? "done" : told(Cause.of(failed)))
                .join();
    }

    private static String told(Throwable failed) {
        return failed instanceof CallException refused && refused.kind() == CallException.Kind.ABORTED
                ? "ABORTED"
                : failed.toString();
    }
}
