package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeException;
import io.crossfade.client.Doc;
import io.crossfade.proxy.Proxy;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.EmbeddingServer;
import io.crossfade.proxy.settings.InvalidSettingsException;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar whose embedder cannot make vectors of its space, whatever the text. */
final class BrokenEmbedderTest {
    @TempDir
    private Path directory;

    private EmbeddingServer embeddings;

    @BeforeEach
    void serve() throws IOException {
        embeddings = new EmbeddingServer();
    }

    @AfterEach
    void stop() {
        embeddings.close();
    }

    @Test
    void modelOfOtherDimensions_isToldByReadiness_andRefusedForGood_untilItIsAnotherOne() throws Exception {
        embeddings.dimensions(8);
        try (Proxy proxy = start(embedder());
                CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort())) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(ready(proxy).statusCode()).isEqualTo(503));
            assertThat(ready(proxy).body())
                    .contains("collection things: embedder of space tiny: 8 dimensions (expected: 4)");
            assertThatThrownBy(
                            () -> client.collection("things").upsert(Doc.of("a").text("some text")))
                    .isInstanceOfSatisfying(
                            CrossfadeException.class,
                            e -> assertThat(e.code()).isEqualTo(Status.Code.FAILED_PRECONDITION))
                    .hasMessageContaining("8 dimensions (expected: 4)");

            embeddings.dimensions(4);
            client.collection("things").upsert(Doc.of("a").text("another text")).requireApplied();
            assertThat(ready(proxy).statusCode()).isEqualTo(200);
        }
    }

    /** The servers of all sidecars go away at once: none of them would serve vectors any more, either. */
    @Test
    void serverThatIsAway_doesNotKeepTheSidecarFromBeingReady() throws Exception {
        String away = embedder();
        embeddings.close();
        try (Proxy proxy = start(away)) {
            assertThat(ready(proxy).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void optionsThatCannotWork_areRefusedAtTheStart() {
        assertThatThrownBy(() -> start("{type: openai, url: not a url}"))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessage("spaces.tiny.embedder.url: not a url (expected: http://HOST[:PORT]/v1 or https://...)");
        assertThatThrownBy(() -> start("{type: onnx, artifact: gpt}"))
                .hasMessage("spaces.tiny.embedder.artifact: gpt"
                        + " (expected: one of all-minilm-l6-v2-q, bge-small-en-v15-q)");
    }

    private String embedder() {
        return "{type: openai, url: \"" + embeddings.url() + "\"}";
    }

    private Proxy start(String embedder) throws IOException {
        String yaml = Configs.embedded(directory.resolve("data"))
                .replace("dimensions: 4, metric: l2}", "dimensions: 4, metric: l2, embedder: " + embedder + "}");
        return Proxy.start(Configs.load(directory, yaml));
    }

    private static HttpResponse<String> ready(Proxy proxy) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.opsPort() + "/ready"))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
