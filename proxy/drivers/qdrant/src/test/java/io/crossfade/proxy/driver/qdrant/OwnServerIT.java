package io.crossfade.proxy.driver.qdrant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs a server of its own: its key, its certificate, and its end. */
@Tag("double")
final class OwnServerIT {
    private final SystemTime time = new SystemTime();

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        time.close();
    }

    private VectorIndex connect(String address, Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(more);
        options.put("address", address);
        options.put("collection", "words");
        IndexDefinition definition =
                new IndexDefinition("words", "qdrant", IndexFixture.DEFINITION.vectors(), TextSource.OWN, options);
        return new QdrantIndexProvider()
                .create(definition, new VectorIndexProvider.Context(directory, Runnable::run, time));
    }

    private static void refused(VectorIndex index, IndexException.Kind kind, String message) {
        assertThatThrownBy(() -> index.create().join()).cause().isInstanceOfSatisfying(IndexException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e).hasMessageContaining(message).hasMessageNotContaining("s3cr3t");
        });
        index.close();
    }

    @Test
    void apiKey_opensTheDoor_andAWrongOneDoesNot() throws IOException {
        try (OwnServer server = OwnServer.start(directory.resolve("data"), "--api-key", "s3cr3t")) {
            refused(connect(server.address(), Map.of()), IndexException.Kind.MISMATCH, "Invalid API key");
            refused(
                    connect(server.address(), Map.of("api_key", "s3cr3t2")),
                    IndexException.Kind.MISMATCH,
                    "Invalid API key");
            VectorIndex index = connect(server.address(), Map.of("api_key", "s3cr3t"));
            index.create().join();
            assertThat(index.count(null, IndexFixture.TIMEOUT).join()).isZero();
            index.close();
        }
    }

    @Test
    void tls_trustsTheConfiguredCertificates_andNoOthers() throws IOException, InterruptedException {
        certificate("server");
        certificate("other");
        try (OwnServer server = OwnServer.start(
                directory.resolve("data"),
                "--cert",
                directory.resolve("server.pem").toString(),
                "--key",
                directory.resolve("server.key").toString())) {
            refused(
                    connect(server.address(), Map.of("tls", true, "tls_ca", "other.pem")),
                    IndexException.Kind.UNAVAILABLE,
                    "UNAVAILABLE");
            refused(connect(server.address(), Map.of("tls", true)), IndexException.Kind.UNAVAILABLE, "UNAVAILABLE");
            refused(connect(server.address(), Map.of()), IndexException.Kind.UNAVAILABLE, "UNAVAILABLE");
            VectorIndex index = connect(server.address(), Map.of("tls", true, "tls_ca", "server.pem"));
            index.create().join();
            assertThat(index.count(null, IndexFixture.TIMEOUT).join()).isZero();
            index.close();
            assertThatThrownBy(() -> connect(server.address(), Map.of("tls", true, "tls_ca", "absent.pem")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("indexes.words.tls_ca: " + directory.resolve("absent.pem"));
        }
    }

    private void certificate(String name) throws IOException, InterruptedException {
        Process openssl = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=" + name,
                        "-addext",
                        "subjectAltName=IP:127.0.0.1",
                        "-keyout",
                        directory.resolve(name + ".key").toString(),
                        "-out",
                        directory.resolve(name + ".pem").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(openssl.waitFor()).isZero();
    }

    /** Not that a server keeps them, which a double cannot show: that an index goes on with what it finds. */
    @Test
    void aServerThatWasKilledAndIsBack_isGoneOnWith() throws IOException {
        Path data = directory.resolve("data");
        VectorIndex index;
        int port;
        try (OwnServer server = OwnServer.start(data)) {
            port = server.port();
            index = connect(server.address(), Map.of());
            index.create().join();
            index.setAttribute("epoch", "7", IndexFixture.TIMEOUT).join();
            assertThat(put(index, "a")).isEqualTo(Outcome.APPLIED);
        }
        await().until(() -> put(index, "b") instanceof Outcome.Failed);
        try (OwnServer server = OwnServer.start(data, "--port", "" + port)) {
            await().until(() -> put(index, "c").equals(Outcome.APPLIED));
            assertThat(server.port()).isEqualTo(port);
            assertThat(index.attributes(IndexFixture.TIMEOUT).join()).isEqualTo(Map.of("epoch", "7"));
            assertThat(index.count(null, IndexFixture.TIMEOUT).join()).isEqualTo(2);
        }
        index.close();
    }

    private static Outcome put(VectorIndex index, String id) {
        IndexWrite write = new IndexWrite.Put(IndexFixture.document(id, Map.of(), IndexFixture.vector(1)));
        return index.write(List.of(write), IndexFixture.TIMEOUT).join().get(0);
    }
}
