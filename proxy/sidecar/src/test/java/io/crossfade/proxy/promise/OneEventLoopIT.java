package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Crowd;
import io.crossfade.proxy.process.FaultProxy;
import io.crossfade.proxy.process.SidecarProcess;
import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar on one processor, so with one event loop, that serves one collection whose engine hangs and one that is well. */
final class OneEventLoopIT {
    private static final int LIMIT = 50;

    @TempDir
    private Path directory;

    private String yaml(int farPort) {
        return """
                spaces:
                  tiny: {model: tiny, dimensions: 4, metric: l2}
                indexes:
                  near: {driver: lucene, vectors: {"": {space: tiny}}}
                  far: {driver: crossfade, address: "127.0.0.1:%d", collection: target, vectors: {"": {space: tiny}}}
                collections:
                  near: {index: near, limits: {calls_in_flight: %d}}
                  far: {index: far, limits: {calls_in_flight: %d}}
                data_dir: "%s"
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                """.formatted(farPort, LIMIT, LIMIT, directory.resolve("sidecar/data"));
    }

    @Test
    void oneEngineHangs_callsOfTheOtherCollectionFinish() throws Exception {
        try (SidecarProcess other = SidecarProcess.start(
                        directory.resolve("other"), port -> Configs.followed(directory.resolve("other/data"), port));
                FaultProxy network = FaultProxy.before(other.dataPort());
                SidecarProcess sidecar = SidecarProcess.start(
                        directory.resolve("sidecar"), port -> yaml(network.port()), "-XX:ActiveProcessorCount=1");
                Crowd hanging = new Crowd(sidecar.dataPort(), 4);
                Crowd served = new Crowd(sidecar.dataPort(), 1)) {
            network.mode(FaultProxy.Mode.BLACK_HOLE);
            for (int i = 0; i < 10 * LIMIT; i++) {
                hanging.send(VectorServiceGrpc.getUpsertMethod(), Crowd.upsert("far", "id-" + i, "text"));
            }
            Awaitility.await().until(() -> sidecar.metric("crossfade_data_calls_in_flight") >= LIMIT);

            for (int i = 1; i <= 100; i++) {
                served.send(VectorServiceGrpc.getUpsertMethod(), Crowd.upsert("near", "id-" + i, "text"));
                if (i % (LIMIT / 2) == 0) {
                    assertThat(served.awaitAnswers()).isEqualTo(Map.of(Status.Code.OK, (long) i));
                }
            }
            assertThat(hanging.answersSoFar()).doesNotContainKey(Status.Code.OK);
        }
    }
}
