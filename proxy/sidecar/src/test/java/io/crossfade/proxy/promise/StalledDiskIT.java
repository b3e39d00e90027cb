package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Crowd;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.process.SidecarProcess;
import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk below a journal hangs as disks do: syncs at once, writes once the page cache has no more room. On a sidecar with one
 * event loop that must hold up nobody but the writes of that collection. Needs strace, and to be root.
 */
final class StalledDiskIT {
    /** In milliseconds; longer than a {@link Crowd} waits for its answers. */
    private static final int STALL = 90_000;

    /** Writes of one thread that the page cache has room for: more than come in the second between two looks at the disk. */
    private static final int ROOM = 200;

    private static final int BETWEEN_WRITES_MILLIS = 10;
    private static final int WAITING = 20;
    private static final int READS = 100;

    @TempDir
    private Path directory;

    private String yaml(int followerPort) {
        return """
                spaces:
                  tiny: {model: tiny, dimensions: 4, metric: l2}
                indexes:
                  things-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                  things-v2: {driver: crossfade, address: "127.0.0.1:%d", collection: target, vectors: {"": {space: tiny}}}
                  still: {driver: lucene, vectors: {"": {space: tiny}}}
                collections:
                  things: {index: things-v1, identity: {claim: 500ms}}
                  still: {index: still}
                data_dir: "%s"
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                """.formatted(followerPort, directory.resolve("sidecar/data"));
    }

    @Test
    void theDiskHangs_onlyWritesThatNeedItWait() throws Exception {
        try (SidecarProcess follower = SidecarProcess.start(
                        directory.resolve("follower"),
                        port -> Configs.followed(directory.resolve("follower/data"), port));
                SidecarProcess sidecar = SidecarProcess.start(
                        directory.resolve("sidecar"), port -> yaml(follower.dataPort()), "-XX:ActiveProcessorCount=1");
                Operator operator = sidecar.operator("things");
                Crowd moving = new Crowd(sidecar.dataPort(), 1);
                Crowd still = new Crowd(sidecar.dataPort(), 1)) {
            operator.start("things-v2");
            moving.send(VectorServiceGrpc.getUpsertMethod(), Crowd.upsert("things", "first", "text"));
            assertThat(moving.awaitAnswers()).isEqualTo(Map.of(Status.Code.OK, 1L));
            Process hanging = hang(sidecar.pid());
            try {
                sendUntilThereIsNoRoom(moving);
                for (int i = 1; i <= READS; i++) {
                    still.send(VectorServiceGrpc.getUpsertMethod(), Crowd.upsert("still", "id-" + i, "text"));
                }
                assertThat(still.awaitAnswers()).isEqualTo(Map.of(Status.Code.OK, (long) READS));
                assertThat(moving.waiting()).as("the disk hangs still").isGreaterThanOrEqualTo(WAITING);
            } finally {
                hanging.destroy();
                hanging.onExit().join();
            }
            assertThat(moving.awaitAnswers().keySet()).containsExactly(Status.Code.OK);
            operator.awaitNothingPending();
            operator.verifyClean();
        }
    }

    /** Twice as many as there is room for, so that whoever appends comes to its end. None waits for another of its key. */
    private static void sendUntilThereIsNoRoom(Crowd moving) {
        int[] sent = {0};
        Awaitility.await()
                .pollInterval(Duration.ofMillis(BETWEEN_WRITES_MILLIS))
                .atMost(Duration.ofMillis(STALL))
                .until(() -> {
                    moving.send(VectorServiceGrpc.getUpsertMethod(), Crowd.upsert("things", "id-" + sent[0], "text"));
                    return ++sent[0] >= 2 * ROOM + WAITING;
                });
        assertThat(moving.waiting()).isGreaterThanOrEqualTo(WAITING);
    }

    /** Begins when this returns, and ends with the process that it returns. */
    private Process hang(long pid) throws IOException {
        String stall = "delay_enter=" + STALL + "ms";
        List<String> command = new ArrayList<>(List.of(
                "strace",
                "-f",
                "-e",
                "trace=fsync,fdatasync,write,pwrite64",
                "-e",
                "inject=fsync,fdatasync:" + stall,
                "-e",
                "inject=write,pwrite64:" + stall + ":when=" + ROOM + "+",
                "-o",
                directory.resolve("calls").toString()));
        try (Stream<Path> files = Files.walk(directory.resolve("sidecar/data"))) {
            files.filter(file -> file.endsWith("probe") || file.toString().matches(".*/marks/.*\\.log"))
                    .forEach(file -> command.addAll(List.of("-P", file.toString())));
        }
        command.addAll(List.of("-p", Long.toString(pid)));
        Process strace = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = strace.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.contains(" attached")) {
            line = output.readLine();
        }
        assertThat(line).as("strace could attach").isNotNull();
        return strace;
    }
}
