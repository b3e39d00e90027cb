package io.crossfade.proxy.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAI-compatible server on loopback: four dimensions made of a text's hash. It can be made to hold its answers, and to
 * be another model.
 */
public final class EmbeddingServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HELD = "hold this";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final HttpServer server;
    private final Function<String, float[]> model;
    private volatile int dimensions = 4;

    public EmbeddingServer() throws IOException {
        this(null);
    }

    /** With another model than the hash. */
    public EmbeddingServer(@Nullable Function<String, float[]> model) throws IOException {
        this.model = model == null ? this::hash : model;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/embeddings", this::answer);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** From now on, vectors have so many dimensions. */
    public void dimensions(int number) {
        dimensions = number;
    }

    /** A text whose embedding waits for {@link #release}. */
    public String heldText() {
        return HELD;
    }

    /** Waits until the held text has been asked for. */
    public void awaitHeld() throws InterruptedException {
        asked.await();
    }

    public void release() {
        released.countDown();
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode input = JSON.readTree(exchange.getRequestBody()).get("input");
        hold(input);
        byte[] body = IntStream.range(0, input.size())
                .mapToObj(i -> "{\"index\":" + i + ",\"embedding\":"
                        + Arrays.toString(model.apply(input.get(i).asText())) + "}")
                .collect(Collectors.joining(",", "{\"data\":[", "]}"))
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void hold(JsonNode input) throws IOException {
        for (JsonNode text : input) {
            if (text.asText().equals(HELD)) {
                asked.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        }
    }

    private float[] hash(String text) {
        int hash = text.hashCode();
        return Arrays.copyOf(new float[] {1, hash & 0xff, hash >> 8 & 0xff, hash >> 16 & 0xff}, dimensions);
    }

    @Override
    public void close() {
        release();
        server.stop(0);
        threads.shutdownNow();
    }
}
