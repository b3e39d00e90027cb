package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.FaultProxy;
import io.crossfade.proxy.process.Load;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.process.SidecarProcess;
import io.crossfade.proxy.time.SystemTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A network before the process of the migration index that misbehaves, in one way after the other, under load that goes
 * on all the time. No call fails, and once the network is well again both indexes become equal by replay alone.
 * {@code -Dcrossfade.faults.seconds=120} for longer outages.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NetworkFaultsIT {
    /** Three times as long as a call to the follower may take: its deadline, the breaker's rest and its next try fit in. */
    private static final Duration FAULT = Duration.ofSeconds(Integer.getInteger("crossfade.faults.seconds", 6));

    private static final int THREADS = 4;
    private static final Duration HEALTHY = Duration.ofSeconds(2);
    private static final Duration OPEN_WAIT = Duration.ofSeconds(1);
    private static final double MOST_ATTEMPTS_PER_WRITE = 1.1;

    @AutoClose
    private SidecarProcess other;

    @AutoClose
    private FaultProxy network;

    @AutoClose
    private SidecarProcess sidecar;

    @AutoClose
    private Operator operator;

    @AutoClose
    private Load load;

    @BeforeAll
    void mirror(@TempDir Path directory) throws Exception {
        other = SidecarProcess.start(
                directory.resolve("other"), port -> Configs.followed(directory.resolve("other/data"), port));
        network = FaultProxy.before(other.dataPort());
        sidecar = SidecarProcess.start(
                directory.resolve("sidecar"),
                port -> Configs.following(
                        directory.resolve("sidecar/data"),
                        port,
                        network.port(),
                        "open_wait: " + OPEN_WAIT.toSeconds() + "s"));
        operator = sidecar.operator("things");
        load = Load.start(sidecar.client(), "things", THREADS, 1);
        load.awaitAcks(1_000);
        operator.start("things-v2");
        operator.awaitBackfill();
    }

    /** Makes the network well again, whatever became of the way before. */
    @BeforeEach
    void allIsWell() {
        network.mode(FaultProxy.Mode.PASS);
        load.goOn();
    }

    @ParameterizedTest
    @EnumSource(names = "PASS", mode = EnumSource.Mode.EXCLUDE)
    void misbehavingNetwork_noCallFails_andAllIsMadeUpForAfterwards(FaultProxy.Mode mode) throws Exception {
        load.run(HEALTHY);
        load.takeLatencies();
        load.run(HEALTHY);
        List<Long> healthy = load.takeLatencies();
        long acked = load.acked();
        long sent = sent();

        network.mode(mode);
        load.run(FAULT);
        List<Long> faulty = load.takeLatencies();
        network.mode(FaultProxy.Mode.PASS);
        load.run(HEALTHY);
        load.pause();
        assertThat(load.failedCalls()).isEmpty();
        Duration drained = drain();
        sent = sent() - sent;
        acked = load.acked() - acked;
        check();
        assertThat((double) sent)
                .as("documents sent, of %d written", acked)
                .isLessThan(MOST_ATTEMPTS_PER_WRITE * acked);
        report(mode, acked, (double) sent / acked, drained, healthy, faulty);
    }

    private long sent() throws Exception {
        return sidecar.metric("crossfade_mirror_sent_total{collection=\"things\"}");
    }

    private Duration drain() {
        try (SystemTime time = new SystemTime()) {
            long began = time.nanos();
            operator.awaitNothingPending();
            return Duration.ofNanos(time.nanos() - began);
        }
    }

    private void check() {
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
