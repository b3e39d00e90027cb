package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.Doc;
import io.crossfade.client.WriteResults;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Load;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.process.SidecarProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM in the middle of traffic, as at every deployment. */
final class OrderlyStopIT {
    private static final Duration MOST = Duration.ofSeconds(20);
    /** So long that only a call that is lost runs out of time, on however busy a machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int CALLS = 2_000;
    private static final int LEAST_IN_FLIGHT = 1_000;

    @TempDir
    private Path directory;

    @Test
    void thousandCallsInFlight_noneFails() throws Exception {
        try (SidecarProcess sidecar =
                        SidecarProcess.start(directory, port -> Configs.embedded(directory.resolve("data"), port));
                CrossfadeClient client = patientClient(sidecar)) {
            String text = "x".repeat(4 << 10);
            // Stopped meanwhile, so that it cannot be quicker with the answers than this process is with the calls.
            sidecar.freeze();
            List<CompletableFuture<WriteResults>> calls = IntStream.range(0, CALLS)
                    .mapToObj(i -> client.collection("things")
                            .async()
                            .upsert(Doc.of("id-" + i).text(text).vector("tiny", i, 1, 2, 3)))
                    .toList();
            sidecar.resume();
            calls.get(CALLS / 40).join();
            long inFlight = calls.stream().filter(call -> !call.isDone()).count();
            Duration ended = sidecar.terminate(MOST);
            long answered = calls.stream().filter(CompletableFuture::isDone).count();
            sidecar.start();

            for (CompletableFuture<WriteResults> call : calls) {
                call.join().requireApplied();
            }
            assertThat(inFlight).isGreaterThanOrEqualTo(LEAST_IN_FLIGHT);
            assertThat(client.collection("things").count()).isEqualTo(CALLS);
            System.out.printf(
                    "orderly stop: %d calls in flight, %d of them answered before the end, after %d ms%n",
                    inFlight, answered - CALLS + inFlight, ended.toMillis());
        }
    }

    @Test
    void followerHung_itEndsAllTheSame_andNothingIsLost() throws Exception {
        try (SidecarProcess other = SidecarProcess.start(
                        directory.resolve("other"), port -> Configs.followed(directory.resolve("other/data"), port));
                SidecarProcess sidecar = SidecarProcess.start(
                        directory.resolve("sidecar"),
                        port -> Configs.following(
                                directory.resolve("sidecar/data"), port, other.dataPort(), "open_wait: 500ms"));
                Load load = Load.start(patientClient(sidecar), "things", 4, 1)) {
            load.awaitAcks(500);
            load.pause();
            try (Operator operator = sidecar.operator("things")) {
                operator.start("things-v2");
                operator.awaitBackfill();
            }
            load.goOn();
            other.freeze();
            load.awaitAcks(500);
            Duration ended = sidecar.terminate(MOST);
            sidecar.start();
            load.awaitAcks(500);
            other.resume();
            load.stop();

            assertThat(load.failedCalls()).isEmpty();
            try (Operator operator = sidecar.operator("things");
                    CrossfadeClient there = other.client()) {
                operator.awaitNothingPending();
                operator.verifyClean();
                load.checkAllIn(there.collection("target"));
            }
            System.out.printf("orderly stop with a hung follower: after %d ms%n", ended.toMillis());
        }
    }

    private static CrossfadeClient patientClient(SidecarProcess sidecar) {
        return CrossfadeClient.builder("127.0.0.1:" + sidecar.dataPort())
                .readTimeout(PATIENCE)
                .writeTimeout(PATIENCE)
                .build();
    }
}
