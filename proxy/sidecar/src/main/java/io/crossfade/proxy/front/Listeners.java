package io.crossfade.proxy.front;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.crossfade.proxy.collection.Collections;
import io.crossfade.proxy.front.calls.CallRunner;
import io.crossfade.proxy.front.calls.CallsInFlight;
import io.crossfade.proxy.front.calls.ErrorDetails;
import io.crossfade.proxy.front.calls.LateCalls;
import io.crossfade.proxy.front.calls.MalformedMessages;
import io.crossfade.proxy.front.calls.OpenStreams;
import io.crossfade.proxy.front.calls.Patience;
import io.crossfade.proxy.front.calls.StatusMapper;
import io.crossfade.proxy.front.crossfade.VectorGrpc;
import io.crossfade.proxy.front.listen.EventLoops;
import io.crossfade.proxy.front.listen.Health;
import io.crossfade.proxy.front.listen.ListenAddress;
import io.crossfade.proxy.front.listen.UnixSocket;
import io.crossfade.proxy.front.ops.OpsHttp;
import io.crossfade.proxy.time.Time;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The three listeners. Data and admin speak gRPC, with health and reflection, on shared event loops. Data calls are
 * worked on right there, without another thread in between; admin calls, which may list or compare much, have two
 * threads of their own. Each of these calls has at most one task in the queue of those threads, and a connection has a
 * limited number of calls: more wait at the client. Ops speaks HTTP, so that a probe or a scraper needs no gRPC and
 * reaches nothing that changes data.
 *
 * <p>{@link #start} and {@link #stop} are for one thread.
 */
public final class Listeners {
    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    /**
     * Bytes of a connection that may arrive before they are counted. Fixed, since gRPC's own grows to 8 MiB, of direct
     * memory, on each connection.
     */
    private static final int DATA_WINDOW = 256 << 10;

    private static final int ADMIN_THREADS = 2;
    private static final int ADMIN_CALLS_PER_CONNECTION = 100;

    private final Settings settings;
    private final Time time;
    private final Health health;
    private final CallsInFlight calls;
    private final Server data;
    private final Server admin;
    private final ExecutorService adminThreads = Executors.newFixedThreadPool(ADMIN_THREADS, task -> {
        Thread thread = new Thread(task, "crossfade-admin");
        thread.setDaemon(true);
        return thread;
    });
    private final OpsHttp ops;
    private boolean stopped;

    /**
     * @param ops of TCP, as HTTP is
     * @param messageBytes largest request, and largest reply to a read
     * @param limits beyond which data calls are refused
     * @param patience with requests that do not arrive and answers that are not taken
     * @param callTimeout of calls without a deadline
     * @param stopWithin calls that have not ended by then are cut off
     */
    public record Settings(
            ListenAddress data,
            ListenAddress admin,
            ListenAddress ops,
            int messageBytes,
            Limits limits,
            Duration patience,
            Duration callTimeout,
            Duration stopWithin) {}

    /**
     * The most that all data calls together may take.
     *
     * @param calls being worked on
     * @param streams open ones, from the first byte of a request to the last of its answer
     * @param streamsPerConnection more wait on the client's side
     * @param bytes of requests, and as many of answers
     */
    public record Limits(int calls, int streams, int streamsPerConnection, long bytes) {}

    /**
     * What the ops listener shows.
     *
     * @param metrics Prometheus text
     * @param status JSON
     */
    public record OpsPages(Supplier<String> metrics, Supplier<String> status) {}

    /**
     * Opens nothing but the ops port, which answers only once started.
     *
     * @param loops that serve data and admin; they end after the listeners
     * @throws IllegalArgumentException if this platform has no Unix sockets to listen on
     * @throws IOException if the ops address cannot be had
     */
    public Listeners(
            Settings settings,
            Collections collections,
            List<? extends BindableService> adminServices,
            OpsPages pages,
            Health health,
            EventLoops loops,
            Time time)
            throws IOException {
        this.settings = settings;
        this.time = time;
        this.health = health;
        ops = named(
                "ops",
                settings.ops(),
                () -> new OpsHttp(settings.ops().toSocket(), health, pages.metrics(), pages.status()));
        calls = new CallsInFlight(settings.limits().calls());
        CallRunner runner = new CallRunner(calls, new StatusMapper(), settings.callTimeout());
        data = server(dataServer(loops), List.of(new VectorGrpc(collections, runner, calls, settings.messageBytes())));
        admin = server(
                loops.server(settings.admin())
                        .executor(adminThreads)
                        .maxConcurrentCallsPerConnection(ADMIN_CALLS_PER_CONNECTION),
                adminServices);
    }

    /** Builds the data server. The interceptor that was added last is asked first. */
    private NettyServerBuilder dataServer(EventLoops loops) {
        OpenStreams streams = new OpenStreams(
                settings.limits().streams(), settings.limits().bytes(), Patience.of(settings.patience(), time));
        return loops.server(settings.data())
                .directExecutor()
                .flowControlWindow(DATA_WINDOW)
                .maxConcurrentCallsPerConnection(settings.limits().streamsPerConnection())
                .addStreamTracerFactory(streams)
                .intercept(new LateCalls(time))
                .intercept(streams);
    }

    private Server server(NettyServerBuilder builder, List<? extends BindableService> services) {
        builder.maxInboundMessageSize(settings.messageBytes())
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(1, TimeUnit.MINUTES)
                .keepAliveTimeout(20, TimeUnit.SECONDS);
        services.forEach(service ->
                builder.addService(ErrorDetails.reflected(MalformedMessages.refused(service.bindService()))));
        return builder.addService(health.service())
                .addService(ProtoReflectionServiceV1.newInstance())
                .build();
    }

    /**
     * @throws IOException that names the address that cannot be had
     */
    public void start() throws IOException {
        try {
            named("data", settings.data(), () -> started(settings.data(), data));
            named("admin", settings.admin(), () -> started(settings.admin(), admin));
            ops.start();
        } catch (IOException e) {
            stop();
            throw e;
        }
        log.info(
                "listening: data {}, admin {}, ops port {}",
                data.getListenSockets(),
                admin.getListenSockets(),
                ops.port());
    }

    private static Server started(ListenAddress address, Server server) throws IOException {
        if (address.isUnix()) {
            UnixSocket.claim(Path.of(address.path()));
        }
        return server.start();
    }

    /** What takes an address, and says which one if it cannot be had. */
    @FunctionalInterface
    private interface Taking<T> {
        T take() throws IOException;
    }

    private static <T> T named(String listener, ListenAddress address, Taking<T> taking) throws IOException {
        try {
            return taking.take();
        } catch (IOException | UnresolvedAddressException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "listeners." + listener + ": " + address + ": " + reason.getMessage()
                            + " (expected: an address of this machine that nobody listens on)",
                    e);
        }
    }

    /** -1 for a Unix socket. */
    public int dataPort() {
        return data.getPort();
    }

    public int adminPort() {
        return admin.getPort();
    }

    public int opsPort() {
        return ops.port();
    }

    /** The number of data calls that are being worked on. */
    public int callsInFlight() {
        return calls.running();
    }

    /**
     * Says so to health checks, takes no more calls, lets those that run end (also writes whose caller has gone), cuts
     * off what is left, closes. A second time it does nothing.
     *
     * @return whether all calls had ended
     */
    public boolean stop() {
        if (stopped) {
            return calls.running() == 0;
        }
        stopped = true;
        long deadline = time.nanos() + settings.stopWithin().toNanos();
        health.stop();
        calls.stop();
        data.shutdown();
        boolean ended = await(deadline);
        if (!ended) {
            log.warn("stopping with {} calls in flight after {}", calls.running(), settings.stopWithin());
        }
        data.shutdownNow();
        admin.shutdownNow();
        ops.stop();
        adminThreads.shutdown();
        return ended;
    }

    private boolean await(long deadline) {
        try {
            if (!data.awaitTermination(deadline - time.nanos(), NANOSECONDS)) {
                return false;
            }
            calls.whenIdle().get(Math.max(0, deadline - time.nanos()), NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
