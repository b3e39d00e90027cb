package io.crossfade.proxy.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.crossfade.proxy.embed.Embedder.Use;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a real HTTP server on loopback. */
final class OpenAiEmbedderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Space SPACE = new Space("s", "space-model", "", 2, Space.Metric.COSINE, false, "", "", 0);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final SystemTime time = new SystemTime();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Queue<JsonNode> bodies = new ConcurrentLinkedQueue<>();
    private final Queue<String> authorizations = new ConcurrentLinkedQueue<>();
    private HttpServer server;

    private record Answer(int status, Map<String, String> headers, String body) {}

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/embeddings", this::handle);
        server.start();
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
        time.close();
        threads.shutdownNow();
    }

    @Test
    void texts_becomeVectors_inTheirOrder() {
        try (EmbedderChain chain = chain(Map.of("model", "m", "api_key", "secret", "dimensions", 2))) {
            assertThat(chain.embed(List.of("a", "bb", "ccc"), Use.LIVE_WRITE).join())
                    .containsExactly(Embedding.of(1, 97), Embedding.of(2, 98), Embedding.of(3, 99));
        }
        assertThat(authorizations).containsExactly("Bearer secret");
        assertThat(bodies)
                .extracting(JsonNode::toString)
                .containsExactly("{\"model\":\"m\",\"input\":[\"a\",\"bb\",\"ccc\"],\"dimensions\":2}");
    }

    @Test
    void modelAndKey_mayBeLeftOut() {
        try (EmbedderChain chain = chain(Map.of())) {
            chain.embed(List.of("a"), Use.QUERY).join();
        }
        assertThat(authorizations).containsExactly("none");
        assertThat(bodies)
                .extracting(JsonNode::toString)
                .containsExactly("{\"model\":\"space-model\",\"input\":[\"a\"]}");
    }

    @Test
    void manyTexts_areSentInBatches() {
        List<String> texts = IntStream.range(1, 101).mapToObj("x"::repeat).toList();
        try (EmbedderChain chain = chain(Map.of("batch", 8))) {
            assertThat(chain.embed(texts, Use.BACKFILL).join())
                    .extracting(vector -> (int) vector.get(0))
                    .containsExactlyElementsOf(IntStream.range(1, 101).boxed().toList());
        }
        assertThat(bodies)
                .hasSize(13)
                .allSatisfy(body -> assertThat(body.get("input").size()).isLessThanOrEqualTo(8));
    }

    @ParameterizedTest
    @CsvSource({"429, 'Retry-After', 0", "503, 'Retry-After', 0", "429, 'X-Other', x", "500, 'X-Other', x"})
    void passingTrouble_isRetried(int status, String header, String value) {
        answers.add(new Answer(status, Map.of(header, value), "busy"));
        try (EmbedderChain chain = chain(Map.of())) {
            assertThat(chain.embed(List.of("a"), Use.QUERY).join()).containsExactly(Embedding.of(1, 97));
        }
        assertThat(bodies).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            500 | boom | false | status 500: boom
            401 | no key | false | status 401: no key
            404 | no such model | false | status 404: no such model
            400 | too long | true | status 400: too long
            413 | too large | true | status 413: too large
            200 | <html>hello</html> | false | not JSON: <html>hello</html>
            200 | {} | false | no data: {}
            200 | {'data': []} | false | 0 vectors (expected: 1)
            200 | {'data': [{'embedding': [1, 2]}, {'embedding': [1, 2]}]} | false | 2 vectors (expected: 1)
            200 | {'data': [{'index': 7, 'embedding': [1, 2]}]} | false | data[0].index: 7 (expected: each of 0 to 0 once)
            200 | {'data': [{'embedding': [1, 2, 3]}]} | false | 3 dimensions (expected: 2)
            200 | {'data': [{'embedding': [1, NaN]}]} | true | NaN at [1] (expected: finite numbers)
            200 | {'data': [{'embedding': [null, 1]}]} | true | NaN at [0] (expected: finite numbers)
            200 | {'data': [{'embedding': [1, 1e99]}]} | true | Infinity at [1] (expected: finite numbers)
            200 | {'data': [{'embedding': [1, 'x']}]} | false | data[0].embedding[1]: not a number
            200 | {'data': [{}]} | false | 0 dimensions (expected: 2)
            """)
    void badAnswer_fails_sayingWhy(int status, String body, boolean permanent, String message) {
        answers.add(new Answer(status, Map.of(), body.replace('\'', '"')));
        try (EmbedderChain chain = chain(Map.of("attempts", 1))) {
            EmbeddingException failure = failure(chain);
            assertThat(failure).hasMessageContaining(message);
            assertThat(failure.isPermanent()).isEqualTo(permanent);
        }
    }

    /** To try again would be in vain, and to park the document wrong: it can be embedded by the right model. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            401 | no key
            403 | not yours
            404 | no such model
            200 | {'data': [{'embedding': [1, 2, 3]}]}
            """)
    void whatOnlyAnotherConfigurationCanCure_isNotTriedAgain(int status, String body) {
        answers.add(new Answer(status, Map.of(), body.replace('\'', '"')));
        try (EmbedderChain chain = chain(Map.of())) {
            EmbeddingException failure = failure(chain);
            assertThat(failure.isMisconfigured()).isTrue();
            assertThat(failure.isPermanent()).isFalse();
        }
        assertThat(bodies).hasSize(1);
    }

    @Test
    void optionsThatDoNotFitTheSpace_areRefusedBeforeAnythingIsAsked() {
        assertThatThrownBy(() -> EmbedderChain.check(SPACE, "openai", Map.of("url", url(), "dimensions", 512)))
                .hasMessage("dimensions: 512 (expected: 2, as space " + SPACE.name() + " has)");
        assertThatThrownBy(() -> EmbedderChain.check(SPACE, "openai", Map.of("url", "not a url")))
                .hasMessage("url: not a url (expected: http://HOST[:PORT]/v1 or https://...)");
        assertThatThrownBy(() -> EmbedderChain.check(SPACE, "llama", Map.of()))
                .hasMessage("type: llama (expected: one of onnx, openai)");
        assertThat(bodies).isEmpty();
    }

    @Test
    void hugeAnswer_isNotRead() {
        answers.add(new Answer(200, Map.of(), "x".repeat(3 << 20)));
        try (EmbedderChain chain = chain(Map.of("attempts", 1))) {
            assertThat(failure(chain)).hasMessageContaining("reply: more than");
        }
    }

    @Test
    void serverThatHangs_isGivenUp() {
        answers.add(new Answer(0, Map.of(), ""));
        try (EmbedderChain chain = chain(Map.of("attempts", 1, "timeout", "50ms"))) {
            assertThat(failure(chain)).hasMessageContaining("no answer within");
        }
    }

    @Test
    void serverThatIsGone_isAFailure() {
        try (EmbedderChain chain = chain(Map.of("attempts", 1))) {
            server.stop(0);
            assertThat(failure(chain).isPermanent()).isFalse();
        }
    }

    @Test
    void retryAfter_isReadAsSecondsAndAsADate() {
        answers.add(new Answer(429, Map.of("Retry-After", "7"), ""));
        answers.add(new Answer(429, Map.of("Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"), ""));
        try (Embedder model = new OpenAiEmbedderProvider()
                .create(SPACE, Map.of("url", url()), new EmbedderProvider.Context(threads, time))) {
            assertThat(failure(model).retryAfter()).isEqualTo(Duration.ofSeconds(7));
            assertThat(failure(model).retryAfter()).isGreaterThan(Duration.ofDays(365));
        }
    }

    private static EmbeddingException failure(Embedder embedder) {
        CompletionException thrown = catchThrowableOfType(
                CompletionException.class,
                () -> embedder.embed(List.of("a"), Use.LIVE_WRITE).join());
        assertThat(thrown).cause().isInstanceOf(EmbeddingException.class);
        return EmbeddingException.of(thrown);
    }

    private EmbedderChain chain(Map<String, Object> changed) {
        Map<String, Object> options = new HashMap<>(changed);
        options.put("url", url());
        options.putIfAbsent("retry_wait", "1ms");
        return EmbedderChain.create(SPACE, "openai", options, new EmbedderProvider.Context(threads, time));
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    private void handle(HttpExchange exchange) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        bodies.add(body);
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        authorizations.add(authorization == null ? "none" : authorization);
        Answer answer = answers.poll();
        if (answer == null) {
            reply(exchange, new Answer(200, Map.of(), vectors(body.get("input"))));
        } else if (answer.status == 0) {
            hang(exchange);
        } else {
            reply(exchange, answer);
        }
    }

    /** Last text first, as a server may. */
    private static String vectors(JsonNode input) {
        return IntStream.iterate(input.size() - 1, i -> i >= 0, i -> i - 1)
                .mapToObj(i -> "{\"object\":\"embedding\",\"index\":" + i + ",\"embedding\":["
                        + input.get(i).asText().length() + ","
                        + (int) input.get(i).asText().charAt(0) + "]}")
                .collect(Collectors.joining(",", "{\"object\":\"list\",\"data\":[", "],\"model\":\"m\"}"));
    }

    private void hang(HttpExchange exchange) {
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    private static void reply(HttpExchange exchange, Answer answer) throws IOException {
        byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
        answer.headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
