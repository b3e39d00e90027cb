package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Doc;
import io.crossfade.client.Scan;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Crowd;
import io.crossfade.proxy.process.SidecarProcess;
import io.crossfade.v1.Include;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar with little memory, of which far too much is asked: it refuses what is too much, and lives. */
final class OverloadIT {
    private static final int CONNECTIONS = 20;
    private static final String IMPATIENT = "impatient";
    private static final int CALLS_IN_FLIGHT = 1_024;

    @TempDir
    private Path directory;

    private SidecarProcess sidecar;
    private Crowd crowd;

    @BeforeEach
    void start(TestInfo test) throws Exception {
        String patience = test.getTags().contains(IMPATIENT) ? "3s" : "1m";
        sidecar = SidecarProcess.start(
                directory,
                port -> Configs.embedded(directory.resolve("data"))
                        .replace("listeners: {", "listeners: {patience: " + patience + ", "),
                "-Xmx128m");
        crowd = new Crowd(sidecar.dataPort(), CONNECTIONS);
    }

    /** It serves as before once the crowd has gone, and has never been short of memory. */
    @AfterEach
    void servesAfterwards() throws Exception {
        crowd.close();
        try (CrossfadeClient client = sidecar.client()) {
            CrossfadeCollection things = client.collection("things");
            for (int i = 0; i < 100; i++) {
                things.upsert(Doc.of("after-" + i).vector("tiny", i, 1, 2, 3)).requireApplied();
            }
            assertThat(things.scan(Scan.all()).stream().filter(doc -> doc.id().startsWith("after-")))
                    .hasSize(100);
        }
        assertThat(sidecar.isAlive()).isTrue();
        assertThat(sidecar.printed()).doesNotContain("OutOfMemory").doesNotContain("OutOfDirectMemory");
        sidecar.close();
    }

    @Test
    void tenTimesTheCalls_someAreRefused_andThoseThatAreNotAreApplied() {
        String text = "x".repeat(16 << 10);
        IntStream.range(0, 10 * CALLS_IN_FLIGHT)
                .forEach(i -> crowd.send(VectorServiceGrpc.getUpsertMethod(), Crowd.upsert("things", "id-" + i, text)));

        Map<Status.Code, Long> answers = crowd.awaitAnswers();
        System.out.println("ten times the calls: " + answers);
        assertThat(answers).containsOnlyKeys(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED);
        try (CrossfadeClient client = sidecar.client()) {
            assertThat(client.collection("things").count()).isEqualTo(answers.get(Status.Code.OK));
        }
    }

    @Test
    void requestsFarLargerThanTheHeap_someAreRefused() {
        UpsertRequest.Builder large = UpsertRequest.newBuilder().setCollection("things");
        String text = "x".repeat(1 << 20);
        IntStream.range(0, 8).forEach(i -> large.addDocuments(Crowd.document("large-" + i, text)));
        UpsertRequest request = large.build();
        IntStream.range(0, 200).forEach(i -> crowd.send(VectorServiceGrpc.getUpsertMethod(), request));

        Map<Status.Code, Long> answers = crowd.awaitAnswers();
        System.out.println("requests of 1600 MiB: " + answers);
        assertThat(answers).containsOnlyKeys(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    @Tag(IMPATIENT)
    void scansThatNobodyReads_areRefusedOrDropped_andWritesGoOn() {
        String text = "x".repeat(256 << 10);
        try (CrossfadeClient client = sidecar.client()) {
            CrossfadeCollection things = client.collection("things");
            for (int i = 0; i < 64; i++) {
                things.upsert(Doc.of("id-" + i).text(text).vector("tiny", i, 1, 2, 3))
                        .requireApplied();
            }
            ScanRequest scan = ScanRequest.newBuilder()
                    .setCollection("things")
                    .setInclude(Include.newBuilder().setText(true))
                    .build();
            IntStream.range(0, 1_000).forEach(i -> crowd.send(VectorServiceGrpc.getScanMethod(), scan));
            for (int i = 0; i < 100; i++) {
                things.upsert(Doc.of("new-" + i).vector("tiny", i, 1, 2, 3)).requireApplied();
            }
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(sidecar.metric("crossfade_data_calls_in_flight"))
                        .isZero());

        Map<Status.Code, Long> answers = crowd.awaitAnswers();
        System.out.println("scans that nobody reads: " + answers);
        assertThat(answers).containsOnlyKeys(Status.Code.CANCELLED, Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    @Tag(IMPATIENT)
    void tenThousandIdleStreams_someAreRefused_andTheOthersDropped() {
        IntStream.range(0, 10_000).forEach(i -> crowd.begin(VectorServiceGrpc.getUpsertMethod()));

        Map<Status.Code, Long> answers = crowd.awaitAnswers();
        System.out.println("idle streams: " + answers);
        assertThat(answers).containsOnlyKeys(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
    }
}
