package io.crossfade.proxy.front.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.crossfade.proxy.front.listen.Health;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ops listener: plain HTTP, read-only, for probes and scrapers. {@code /live}: the process answers. {@code /ready}:
 * calls are welcome, else 503 and why not. {@code /metrics}: Prometheus text. {@code /status}: JSON. Two threads of its own; lossy:
 * beyond 64 waiting requests, connections are dropped.
 */
public final class OpsHttp {
    private static final Logger log = LoggerFactory.getLogger(OpsHttp.class);
    private static final int THREADS = 2;
    private static final int WAITING = 64;

    private final HttpServer server;
    private final ExecutorService threads;

    public OpsHttp(InetSocketAddress address, Health health, Supplier<String> metrics, Supplier<String> status)
            throws IOException {
        server = HttpServer.create(address, 0);
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, "crossfade-ops");
                    thread.setDaemon(true);
                    return thread;
                });
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(exchange, () -> Page.NOT_FOUND));
        page("/live", () -> Page.text(200, "live\n"));
        page("/ready", () -> ready(health.whyNot()));
        page("/metrics", () -> new Page(200, "text/plain; version=0.0.4; charset=utf-8", metrics.get()));
        page("/status", () -> new Page(200, "application/json", status.get()));
    }

    private record Page(int code, String type, String body) {
        static final Page NOT_FOUND = text(404, "not found (expected: /live, /ready, /metrics or /status)\n");

        static Page text(int code, String body) {
            return new Page(code, "text/plain; charset=utf-8", body);
        }
    }

    private static Page ready(List<String> troubles) {
        return troubles.isEmpty()
                ? Page.text(200, "ready\n")
                : Page.text(503, "not ready\n" + String.join("\n", troubles) + "\n");
    }

    private void page(String path, Supplier<Page> page) {
        server.createContext(path, exchange -> answer(exchange, exactly(exchange, path) ? page : () -> Page.NOT_FOUND));
    }

    /** Whether the request is for exactly this path: a context also takes all paths that begin with its own. */
    private static boolean exactly(HttpExchange exchange, String path) {
        return exchange.getRequestURI().getPath().equals(path);
    }

    private static void answer(HttpExchange exchange, Supplier<Page> page) throws IOException {
        try (exchange) {
            boolean get = exchange.getRequestMethod().equals("GET");
            boolean head = exchange.getRequestMethod().equals("HEAD");
            send(exchange, get || head ? make(page) : Page.text(405, "read-only (expected: GET)\n"), head);
        }
    }

    private static Page make(Supplier<Page> page) {
        try {
            return page.get();
        } catch (RuntimeException e) {
            log.error("ops page failed", e);
            return Page.text(500, "internal error (the sidecar's log has the details)\n");
        }
    }

    private static void send(HttpExchange exchange, Page page, boolean head) throws IOException {
        byte[] body = page.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", page.type());
        exchange.sendResponseHeaders(page.code(), head || body.length == 0 ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    public void start() {
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public void stop() {
        server.stop(0);
        threads.shutdownNow();
    }
}
