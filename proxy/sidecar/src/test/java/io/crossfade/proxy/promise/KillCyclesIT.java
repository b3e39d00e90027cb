package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Load;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.process.SidecarProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the sidecar, or the process of the migration index, or both, again and again while an application writes; first
 * during the backfill, then MIRRORING, then REVERSED. At the end all acknowledged writes are in both indexes, by replay
 * alone. Each of them is killed at least once in either half. {@code -Dcrossfade.kill.cycles=300} for more cycles,
 * {@code -Dcrossfade.seed=7} for others.
 */
final class KillCyclesIT {
    private static final int CYCLES = Integer.getInteger("crossfade.kill.cycles", 12);
    private static final long SEED = Long.getLong("crossfade.seed", 1);
    private static final int THREADS = 4;
    private static final int MOST_ACKS_BETWEEN = 400;
    private static final int OTHER = 7;
    private static final int BOTH = 9;

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);

    @Test
    void killedAgainAndAgain_noAckedWriteIsLost_andBothIndexesAreEqual() throws Exception {
        String archive = SidecarProcess.classArchive(directory.resolve("archive"));
        try (SidecarProcess other = SidecarProcess.start(
                        directory.resolve("other"),
                        port -> Configs.followed(directory.resolve("other/data"), port),
                        archive);
                SidecarProcess sidecar = SidecarProcess.start(
                        directory.resolve("sidecar"),
                        port -> Configs.following(
                                directory.resolve("sidecar/data"), port, other.dataPort(), "open_wait: 500ms"),
                        archive);
                Load load = Load.start(sidecar.client(), "things", THREADS, SEED)) {
            load.awaitAcks(1_000);
            try (Operator operator = sidecar.operator("things")) {
                operator.start("things-v2");
            }
            killMany(CYCLES - CYCLES / 2, sidecar, other, load, this::killBothWithNotes);
            try (Operator operator = sidecar.operator("things")) {
                operator.awaitBackfill();
                operator.flipUnderLoad();
            }
            killMany(CYCLES / 2, sidecar, other, load, KillCyclesIT::killBoth);
            load.stop();
            check(sidecar, other, load);
            report(sidecar, load);
        }
    }

    /** Kills both. */
    @FunctionalInterface
    private interface Blow {
        void strike(SidecarProcess sidecar, SidecarProcess other, Load load) throws Exception;
    }

    private void killMany(int cycles, SidecarProcess sidecar, SidecarProcess other, Load load, Blow both)
            throws Exception {
        for (int i = 0; i < cycles; i++) {
            load.awaitAcks(random.nextInt(MOST_ACKS_BETWEEN));
            int dice = i == 0 ? OTHER : i == cycles - 1 ? BOTH : random.nextInt(10);
            if (dice < 6) {
                sidecar.kill();
                sidecar.start();
            } else if (dice <= OTHER) {
                other.kill();
                load.awaitAcks(0);
                other.start();
            } else {
                both.strike(sidecar, other, load);
            }
        }
    }

    private static void killBoth(SidecarProcess sidecar, SidecarProcess other, Load load) throws IOException {
        other.kill();
        sidecar.kill();
        sidecar.start();
        other.start();
    }

    /** The sidecar is killed while its journal alone knows what the other index lacks, and none of that is written again. */
    private void killBothWithNotes(SidecarProcess sidecar, SidecarProcess other, Load load) throws Exception {
        try (Operator operator = sidecar.operator("things")) {
            operator.awaitBackfill();
        }
        other.kill();
        load.awaitAcks(1 + random.nextInt(400));
        load.pause();
        sidecar.kill();
        sidecar.start();
        other.start();
        assertEqual(sidecar, other, load);
        load.goOn();
    }

    private static void check(SidecarProcess sidecar, SidecarProcess other, Load load) {
        assertEqual(sidecar, other, load);
        try (Operator operator = sidecar.operator("things");
                CrossfadeClient here = sidecar.client()) {
            assertThat(operator.status().getMembers(0).getDirtyRangesList()).isEmpty();
            assertThat(operator.status().getMembers(0).getParked()).isZero();
            operator.rollback();
            load.checkAllIn(here.collection("things"));
        }
    }

    private static void assertEqual(SidecarProcess sidecar, SidecarProcess other, Load load) {
        try (Operator operator = sidecar.operator("things");
                CrossfadeClient here = sidecar.client();
                CrossfadeClient there = other.client()) {
            operator.awaitNothingPending();
            operator.await(status -> operator.verify().getDone()); // the connection may not be back yet
            operator.verifyClean();
            load.checkAllIn(here.collection("things"));
            load.checkAllIn(there.collection("target"));
        }
    }

    private static void report(SidecarProcess sidecar, Load load) {
        System.out.printf(
                "kill cycles: %d of seed %d, acked writes: %d, failed calls: %d; ready again after ms: %s, of processor time: %s%n",
                CYCLES,
                SEED,
                load.acked(),
                load.failedCalls().size(),
                medianAndMost(sidecar.readyAfter().stream().map(SidecarProcess.Ready::elapsed)),
                medianAndMost(sidecar.readyAfter().stream().map(SidecarProcess.Ready::processor)));
    }

    private static String medianAndMost(Stream<Duration> durations) {
        List<Duration> sorted = durations.sorted().toList();
        return "median " + sorted.get(sorted.size() / 2).toMillis() + ", most "
                + sorted.get(sorted.size() - 1).toMillis();
    }
}
