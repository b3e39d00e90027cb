package io.crossfade.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.Doc;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.settings.InvalidSettingsException;
import io.crossfade.v1.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations and directories that a sidecar must not start with; it says why, and leaves all as it was. */
final class StartRefusedTest {
    @TempDir
    private Path directory;

    private Path data() {
        return directory.resolve("data");
    }

    private Proxy start(String yaml) throws IOException {
        return Proxy.start(Configs.load(directory, yaml));
    }

    private String yaml() {
        return Configs.embedded(data());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            data_dir: | data_directory: | data_directory: unknown (expected: one of
            {driver: lucene, vectors: | {driver: lucene, vector: | indexes.things-v1.vectors: none (expected:
            things: {index: things-v1} | things: {index: things-v3} | collections.things.index: things-v3 (expected: one of things-v1, things-v2)
            things-v2: | things-v1: | indexes.things-v1: twice, again in line
            """)
    void badConfiguration_isRefused(String good, String bad, String message) {
        assertThatThrownBy(() -> start(yaml().replace(good, bad)))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(message);
        assertThat(data()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            driver: lucene | driver: lucy | collection things: driver: lucy (expected: one of
            {driver: lucene, | {driver: lucene, shards: 3, | shards: unknown (expected: one of
            """)
    void badIndex_isRefused(String good, String bad, String message) {
        assertThatThrownBy(() -> start(yaml().replace(good, bad))).hasMessageContaining(message);
    }

    @Test
    void twoCollectionsOnOneIndex_areRefused() {
        String shared = yaml().replace(
                        "things: {index: things-v1}", "others: {index: things-v1}\n  things: {index: things-v1}");

        assertThatThrownBy(() -> start(shared))
                .hasMessageContaining("collections.things.index: things-v1")
                .hasMessageContaining("collection others");
        assertThat(data()).doesNotExist();
    }

    @Test
    void migrationToTheIndexOfAnotherCollection_isRefused_underAnyName() throws Exception {
        String two = yaml().replace(
                        "things: {index: things-v1}", "others: {index: things-v2}\n  things: {index: things-v1}")
                .replace("indexes:\n", """
                        indexes:
                          alias: {driver: lucene, path: "./things-v2", vectors: {"": {space: tiny}}}
                          itself: {driver: lucene, path: "things-v1", vectors: {"": {space: tiny}}}
                        """);
        try (Proxy proxy = start(two);
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            assertThatThrownBy(() -> operator.start("things-v2"))
                    .hasMessageContaining("INDEX_TAKEN: things-v2 belongs to collection others");
            assertThatThrownBy(() -> operator.start("alias"))
                    .hasMessageContaining("INDEX_TAKEN: alias belongs to collection others, as things-v2: ");
            assertThatThrownBy(() -> operator.start("itself"))
                    .hasMessageContaining("INDEX_TAKEN: itself belongs to collection things, as things-v1: ");
        }
    }

    @Test
    void collectionsThatHaveComeToOneIndex_areRefused() throws Exception {
        moveAndStop();
        String other = yaml().replace(
                        "things: {index: things-v1}", "things: {index: things-v1}\n  zebras: {index: things-v2}");

        assertThatThrownBy(() -> start(other))
                .hasMessageContaining("collection zebras: INDEX_TAKEN: things-v2 belongs to collection things");
    }

    @Test
    void directoryThatIsAFile_isRefused() throws Exception {
        Files.writeString(data(), "not a directory");

        assertThatThrownBy(() -> start(yaml()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("data_dir: " + data())
                .hasMessageContaining("(expected: a directory this process can write)");
        assertThat(data()).hasContent("not a directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "admin", "ops"})
    void portThatIsTaken_isNamedWithItsListener(String listener) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            String before = listener + ": \"127.0.0.1:0\"";
            assertThat(yaml()).contains(before);

            assertThatThrownBy(() -> start(yaml().replace(before, listener + ": \"" + address + "\"")))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("listeners." + listener + ": " + address + ": ")
                    .hasMessageContaining("Address already in use")
                    .hasMessageEndingWith("(expected: an address of this machine that nobody listens on)");
        }
        try (Proxy proxy = start(yaml())) {
            assertThat(writeOne(proxy)).isEqualTo(1);
        }
    }

    @Test
    void directoryOfAnotherSidecar_isRefused_andThatOneGoesOn() throws Exception {
        try (Proxy first = start(yaml())) {
            assertThatThrownBy(() -> start(yaml()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("control.dir: " + data().resolve("control") + " is in use (expected:");
            assertThat(writeOne(first)).isEqualTo(1);
        }
    }

    @Test
    void afterARefusal_theSameProcessCanStart() throws Exception {
        assertThatThrownBy(() -> start(yaml().replace("{driver: lucene,", "{driver: lucene, shards: 3,")))
                .isInstanceOf(Exception.class);

        try (Proxy proxy = start(yaml())) {
            assertThat(writeOne(proxy)).isEqualTo(1);
        }
    }

    @Test
    void lostControlDirectory_isRefused_unlessBootstrapped() throws Exception {
        long epoch = moveAndStop();
        delete(data().resolve("control"));

        assertThatThrownBy(() -> start(yaml()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("control.dir: epoch 1 (expected: at least " + epoch)
                .hasMessageContaining("control.bootstrap");

        String bootstrapped = yaml() + "control: {bootstrap: true}\n";
        try (Proxy proxy = start(bootstrapped);
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            assertThat(operator.status().getPhase()).isEqualTo(Phase.PHASE_SINGLE);
            assertThat(operator.status().getEpoch()).isGreaterThan(epoch);
            assertThat(writeOne(proxy)).isEqualTo(1);
        }
    }

    /** The epoch that the indexes bear. */
    private long moveAndStop() throws IOException {
        try (Proxy proxy = start(yaml());
                Operator operator = Operator.of(proxy.adminPort(), "things")) {
            writeOne(proxy);
            operator.moveTo("things-v2");
            return operator.status().getEpoch();
        }
    }

    @Test
    void olderControlDirectory_isRefused() throws Exception {
        try (Proxy proxy = start(yaml())) {
            writeOne(proxy);
        }
        Path control = data().resolve("control");
        Path old = directory.resolve("old");
        copy(control, old);
        moveAndStop();
        delete(control);
        copy(old, control);

        assertThatThrownBy(() -> start(yaml()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("control.dir: epoch 1 (expected: at least ");
    }

    /** How many documents there are then. */
    private static long writeOne(Proxy proxy) {
        try (CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort())) {
            client.collection("things")
                    .upsert(Doc.of("one").text("text").vector("tiny", 1, 2, 3, 4))
                    .requireApplied();
            return client.collection("things").count();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
