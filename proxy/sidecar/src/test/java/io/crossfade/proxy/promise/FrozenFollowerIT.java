package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Load;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.process.SidecarProcess;
import io.crossfade.v1.BreakerStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process of the migration index is stopped in the middle of traffic, its sockets open: the worst kind of outage. */
final class FrozenFollowerIT {
    private static final int CALLS = 1_500;

    @TempDir
    private Path directory;

    @Test
    void frozen_noCallFails_theBreakerOpens_andAllIsMadeUpForAfterwards() throws Exception {
        try (SidecarProcess other = SidecarProcess.start(
                        directory.resolve("other"), port -> Configs.followed(directory.resolve("other/data"), port));
                SidecarProcess sidecar = SidecarProcess.start(
                        directory.resolve("sidecar"),
                        port -> Configs.following(
                                directory.resolve("sidecar/data"), port, other.dataPort(), "open_wait: 1s"));
                Operator operator = sidecar.operator("things");
                Load load = Load.start(sidecar.client(), "things", 4, 1)) {
            load.awaitAcks(1_000);
            load.pause();
            operator.start("things-v2");
            operator.awaitBackfill();
            load.goOn();
            load.awaitAcks(CALLS);
            load.takeLatencies();
            load.awaitAcks(CALLS);
            List<Long> healthy = load.takeLatencies();

            other.freeze();
            load.awaitAcks(CALLS);
            operator.await(status -> isOpen(status.getMembers(0).getBreaker().getState()));
            load.awaitAcks(CALLS);
            List<Long> frozen = load.takeLatencies();
            assertThat(operator.status().getMembers(0).getPendingKeys()).isPositive();
            assertThat(load.failedCalls()).isEmpty();

            other.resume();
            load.awaitAcks(CALLS);
            load.stop();
            assertThat(load.failedCalls()).isEmpty();
            check(operator, sidecar, other, load);
            report(healthy, frozen);
        }
    }

    private static boolean isOpen(BreakerStatus.State state) {
        return state == BreakerStatus.State.STATE_OPEN || state == BreakerStatus.State.STATE_HALF_OPEN;
    }

    private static void check(Operator operator, SidecarProcess sidecar, SidecarProcess other, Load load) {
        try (CrossfadeClient here = sidecar.client();
                CrossfadeClient there = other.client()) {
            operator.awaitNothingPending();
            operator.verifyClean();
            load.checkAllIn(here.collection("things"));
            load.checkAllIn(there.collection("target"));
        }
    }

    private static void report(List<Long> healthy, List<Long> frozen) {
        System.out.printf(
                "frozen follower: p50 %.2f ms, was %.2f (ratio %.2f); p99 %.2f ms, was %.2f (ratio %.2f)%n",
                Load.percentile(frozen, 50),
                Load.percentile(healthy, 50),
                Load.percentile(frozen, 50) / Load.percentile(healthy, 50),
                Load.percentile(frozen, 99),
                Load.percentile(healthy, 99),
                Load.percentile(frozen, 99) / Load.percentile(healthy, 99));
    }
}
