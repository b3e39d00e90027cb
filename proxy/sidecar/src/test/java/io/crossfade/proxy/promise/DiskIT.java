package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.CrossfadeException;
import io.crossfade.client.Doc;
import io.crossfade.client.Key;
import io.crossfade.proxy.Proxy;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Operator;
import io.crossfade.v1.SetAttributeRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** On a disk of its own: full, or not to be written. Needs to be root, to mount it. */
final class DiskIT {
    private static final int DISK_MIB = 64;
    private static final int ROOM_MIB = 4;
    private static final int NEW_DISK_MIB = 1024;
    private static final int TEXT_BYTES = 200 << 10;
    private static final int MOST_SMALL_DOCUMENTS = 50_000;
    private static final int MOST_DOCUMENTS = DISK_MIB * (1 << 20) / TEXT_BYTES;

    @TempDir
    private Path directory;

    private Path disk;

    @BeforeEach
    void mount() throws IOException {
        disk = Files.createDirectory(directory.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", disk.toString());
    }

    @AfterEach
    void unmount() throws IOException {
        run("umount", "--lazy", disk.toString());
    }

    private static void run(String... command) throws IOException {
        int exit =
                new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue();
        if (exit != 0) {
            throw new IOException(
                    String.join(" ", command) + ": exit " + exit + " (expected: 0; this test needs root)");
        }
    }

    private Proxy start() throws IOException {
        return Proxy.start(Configs.load(directory, Configs.embedded(disk.resolve("data"))));
    }

    @Test
    void readOnly_isRefused() throws Exception {
        run("mount", "-o", "remount,ro", disk.toString());

        assertThatThrownBy(this::start)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data_dir: " + disk.resolve("data"))
                .hasMessageContaining("(expected: a directory this process can write)");
    }

    @Test
    void full_callsFail_butNothingAckedIsLost() throws Exception {
        List<String> acked;
        try (Proxy proxy = start();
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            operator.start("things-v2");
            operator.awaitBackfill();
            leaveRoom();
            acked = writeUntilRefused(proxy);
        }
        run("mount", "-o", "remount,size=" + NEW_DISK_MIB + "m", disk.toString());

        try (Proxy proxy = start();
                Operator operator = Operator.of(proxy.adminPort(), "things");
                CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort())) {
            CrossfadeCollection things = client.collection("things");
            assertThat(acked).allMatch(id -> things.fetch(List.of(Key.of(id))).size() == 1);
            things.upsert(document("room again")).requireApplied();
            operator.awaitNothingPending();
            // Whichever file was the first to find no room: a journal that lost records has said so.
            if (operator.status().getMembers(0).getDirtyRangesCount() > 0) {
                operator.repair();
            }
            operator.verifyClean();
        }
    }

    @Test
    void full_isNotReady_untilThereIsRoom_withoutARestart() throws Exception {
        try (Proxy proxy = start()) {
            assertThat(ready(proxy).statusCode()).isEqualTo(200);
            leaveRoom();
            writeUntilRefused(proxy);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(ready(proxy).statusCode()).isEqualTo(503));
            assertThat(ready(proxy).body()).contains("things-v1", "No space left on device");

            run("mount", "-o", "remount,size=" + NEW_DISK_MIB + "m", disk.toString());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(ready(proxy).statusCode()).isEqualTo(200));
            try (CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort())) {
                client.collection("things").upsert(document("room again")).requireApplied();
            }
        }
    }

    @Test
    void full_isLoggedOnceWithTheIndex_andAttributesAreRefusedForThatReason() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("io.crossfade.proxy.driver.lucene");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try (Proxy proxy = start()) {
            leaveRoom();
            writeUntilRefused(proxy);
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", proxy.dataPort())
                    .usePlaintext()
                    .build();
            assertThatThrownBy(() -> VectorServiceGrpc.newBlockingStub(channel)
                            .setAttribute(SetAttributeRequest.newBuilder()
                                    .setCollection("things")
                                    .setName("note")
                                    .setValue("x".repeat(4_096))
                                    .build()))
                    .hasMessageStartingWith("UNAVAILABLE: ")
                    .hasMessageContaining("things-v1")
                    .hasMessageContaining("No space left on device");
            channel.shutdownNow();
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .filteredOn(line -> line.getLevel() == Level.ERROR)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.startsWith("index things-v1: writes are refused: "))
                .singleElement()
                .asString()
                .contains("No space left on device");
    }

    @Test
    void fullInAMigration_isReadyAgain_andNothingIsLost_withoutARestart() throws Exception {
        try (Proxy proxy = start();
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            operator.start("things-v2");
            operator.awaitBackfill();
            leaveRoom();
            List<String> acked = writeUntilRefused(proxy);
            run("mount", "-o", "remount,size=" + NEW_DISK_MIB + "m", disk.toString());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(ready(proxy).statusCode()).isEqualTo(200));

            try (CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort())) {
                CrossfadeCollection things = client.collection("things");
                things.upsert(document("room again")).requireApplied();
                assertThat(acked)
                        .allMatch(id -> things.fetch(List.of(Key.of(id))).size() == 1);
            }
            operator.awaitNothingPending();
            if (operator.status().getMembers(0).getDirtyRangesCount() > 0) {
                operator.repair();
            }
            operator.verifyClean();
            operator.flip();
        }
    }

    @Test
    void fullUnderTheJournal_isNotReady_untilThereIsRoom_withoutARestart() throws Exception {
        String config = Configs.embedded(directory.resolve("data"))
                + "journal: {dir: \"%s\", max_bytes: 2MiB, on_loss: fail}\n".formatted(disk.resolve("journal"));
        try (Proxy proxy = Proxy.start(Configs.load(directory, config));
                Operator operator = Operator.of(proxy.adminPort(), "things");
                CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort())) {
            CrossfadeCollection things = client.collection("things").withTimeout(Duration.ofSeconds(2));
            operator.start("things-v2");
            operator.awaitBackfill();
            things.upsert(document("before")).requireApplied();
            leaveNoRoom();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < MOST_SMALL_DOCUMENTS; i++) {
                            things.upsert(Doc.of("id-" + i % 100).text("text").vector("tiny", i, 2, 3, 4))
                                    .requireApplied();
                        }
                    })
                    .isInstanceOf(CrossfadeException.class)
                    .hasMessageContaining("No space left on device");
            assertThat(ready(proxy).statusCode()).isEqualTo(503);
            assertThat(ready(proxy).body()).contains("collection things: journal: ", "No space left on device");

            run("mount", "-o", "remount,size=" + NEW_DISK_MIB + "m", disk.toString());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(ready(proxy).statusCode()).isEqualTo(200));
            things.upsert(document("room again")).requireApplied();
            operator.awaitNothingPending();
            operator.verifyClean();
            operator.flip();
        }
    }

    private static HttpResponse<String> ready(Proxy proxy) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.opsPort() + "/ready"))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void fullUnderTheControlStore_stepsFailAndSayWhy_untilThereIsRoom() throws Exception {
        String config = Configs.embedded(directory.resolve("data")) + "control: {dir: \"%s\"}\n".formatted(disk);
        try (Proxy proxy = Proxy.start(Configs.load(directory, config));
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            leaveNoRoom();
            assertThatThrownBy(() -> operator.start("things-v2"))
                    .isInstanceOfSatisfying(
                            CrossfadeException.class,
                            refused -> assertThat(refused.code()).isEqualTo(Status.Code.UNAVAILABLE))
                    .hasMessageContaining(disk.toString())
                    .hasMessageContaining("No space left on device");
            run("mount", "-o", "remount,size=" + NEW_DISK_MIB + "m", disk.toString());
            operator.start("things-v2");
            operator.awaitBackfill();
            operator.verifyClean();
        }
    }

    private void leaveNoRoom() throws IOException {
        try (OutputStream ballast = Files.newOutputStream(disk.resolve("ballast"))) {
            byte[] page = new byte[4 << 10];
            while (true) {
                ballast.write(page);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left on device");
        }
    }

    private void leaveRoom() throws IOException {
        byte[] mebibyte = new byte[1 << 20];
        Path ballast = Files.createFile(disk.resolve("ballast"));
        while (Files.getFileStore(disk).getUsableSpace() > ROOM_MIB * (1L << 20)) {
            Files.write(ballast, mebibyte, StandardOpenOption.APPEND);
        }
    }

    private static List<String> writeUntilRefused(Proxy proxy) {
        List<String> acked = new ArrayList<>();
        try (CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort())) {
            CrossfadeCollection things = client.collection("things").withTimeout(Duration.ofSeconds(2));
            for (int i = 0; i < MOST_DOCUMENTS; i++) {
                things.upsert(document("id-" + i)).requireApplied();
                acked.add("id-" + i);
            }
        } catch (CrossfadeException full) {
            assertThat(full).hasMessageContaining("No space left on device");
            return acked;
        }
        throw new AssertionError("the disk did not fill");
    }

    /** Nothing in it can be compressed, so it needs the room that it says. */
    private static Doc document(String id) {
        byte[] noise = new byte[TEXT_BYTES];
        new Random(id.hashCode()).nextBytes(noise);
        return Doc.of(id).text(Base64.getEncoder().encodeToString(noise)).vector("tiny", 1, 2, 3, 4);
    }
}
