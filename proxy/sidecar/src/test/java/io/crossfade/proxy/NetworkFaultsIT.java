package io.crossfade.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.proxy.time.SystemTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The network before the process of the migration index misbehaves, in each of its ways, under load. No call fails, and
 * once the network is well again both indexes become equal by replay alone. {@code -Dcrossfade.faults.seconds=120} for
 * longer outages.
 */
final class NetworkFaultsIT {
    private static final Duration FAULT = Duration.ofSeconds(Integer.getInteger("crossfade.faults.seconds", 15));
    private static final int THREADS = 4;
    private static final Duration HEALTHY = Duration.ofSeconds(5);
    private static final Duration OPEN_WAIT = Duration.ofSeconds(1);
    private static final double MOST_ATTEMPTS_PER_WRITE = 1.1;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(FaultProxy.Mode.class)
    void misbehavingNetwork_noCallFails_andAllIsMadeUpForAfterwards(FaultProxy.Mode mode) throws Exception {
        try (SidecarProcess other = SidecarProcess.start(
                        directory.resolve("other"), port -> Configs.followed(directory.resolve("other/data"), port));
                FaultProxy network = FaultProxy.before(other.dataPort());
                SidecarProcess sidecar = SidecarProcess.start(
                        directory.resolve("sidecar"),
                        port -> Configs.following(
                                directory.resolve("sidecar/data"),
                                port,
                                network.port(),
                                "open_wait: " + OPEN_WAIT.toSeconds() + "s"));
                Operator operator = sidecar.operator("things");
                Load load = Load.start(sidecar.client(), "things", THREADS, 1)) {
            load.awaitAcks(1_000);
            operator.start("things-v2");
            operator.awaitBackfill();
            load.run(HEALTHY);
            load.takeLatencies();
            load.run(HEALTHY);
            List<Long> healthy = load.takeLatencies();
            long acked = load.acked();
            long sent = sidecar.metric("crossfade_mirror_sent_total{collection=\"things\"}");

            network.mode(mode);
            load.run(FAULT);
            List<Long> faulty = load.takeLatencies();
            network.mode(FaultProxy.Mode.PASS);
            load.run(HEALTHY);
            load.stop();
            assertThat(load.failedCalls()).isEmpty();
            Duration drained = drain(operator);
            sent = sidecar.metric("crossfade_mirror_sent_total{collection=\"things\"}") - sent;
            acked = load.acked() - acked;
            check(operator, sidecar, other, load);
            assertThat((double) sent)
                    .as("documents sent, of %d written", acked)
                    .isLessThan(MOST_ATTEMPTS_PER_WRITE * acked);
            report(mode, acked, (double) sent / acked, drained, healthy, faulty);
        }
    }

    private static Duration drain(Operator operator) {
        try (SystemTime time = new SystemTime()) {
            long began = time.nanos();
            operator.awaitNothingPending();
            return Duration.ofNanos(time.nanos() - began);
        }
    }

    private static void check(Operator operator, SidecarProcess sidecar, SidecarProcess other, Load load) {
        try (CrossfadeClient here = sidecar.client();
                CrossfadeClient there = other.client()) {
            load.checkAllIn(here.collection("things"));
            load.checkAllIn(there.collection("target"));
            operator.verifyClean();
            assertThat(operator.status().getMembers(0).getDirtyRangesList()).isEmpty();
            assertThat(operator.status().getMembers(0).getParked()).isZero();
        }
    }

    private static void report(
            FaultProxy.Mode mode,
            long acked,
            double attempts,
            Duration drained,
            List<Long> healthy,
            List<Long> faulty) {
        System.out.printf(
                "network fault %s for %d s: %d writes, 0 failed calls, %.3f attempts for each, drained in %d ms;"
                        + " p50 %.2f ms, was %.2f; p99 %.2f ms, was %.2f (ratio %.2f)%n",
                mode,
                FAULT.toSeconds(),
                acked,
                attempts,
                drained.toMillis(),
                Load.percentile(faulty, 50),
                Load.percentile(healthy, 50),
                Load.percentile(faulty, 99),
                Load.percentile(healthy, 99),
                Load.percentile(faulty, 99) / Load.percentile(healthy, 99));
    }
}
