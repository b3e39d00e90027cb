package io.crossfade.client;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A channel to a Crossfade and the timer that goes with it: messages up to 32 MiB both ways, keepalive, and a broken
 * connection is tried again every 100 ms instead of after gRPC's 1 to 120 s. Safe for use by many threads.
 */
public final class Connection implements AutoCloseable {
    /** Largest message either side sends, in bytes. */
    public static final int MAX_MESSAGE_BYTES = 32 << 20;

    private static final long KEEPALIVE_SECONDS = 20;
    private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;
    private static final long CLOSE_SECONDS = 5;

    private final ManagedChannel channel;
    private final ScheduledExecutorService timer;

    private Connection(ManagedChannel channel, ScheduledExecutorService timer) {
        this.channel = channel;
        this.timer = timer;
    }

    /**
     * In plain text to this machine (loopback or a Unix socket), else by TLS with the platform's certificates.
     *
     * @param target {@code host:port} or {@code unix:/path}
     */
    public static Connection to(String target) {
        return to(target, usual(target));
    }

    static ChannelCredentials usual(String target) {
        return Targets.isLocal(target) ? InsecureChannelCredentials.create() : TlsChannelCredentials.create();
    }

    /** Connects lazily: nothing is sent before the first call. */
    public static Connection to(String target, ChannelCredentials credentials) {
        return to(Grpc.newChannelBuilder(target, credentials));
    }

    /**
     * @param name of the client, in front of gRPC's own in the {@code user-agent} header; "" for none
     */
    static Connection to(String target, ChannelCredentials credentials, String name) {
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(target, credentials);
        return to(name.isEmpty() ? builder : builder.userAgent(name));
    }

    /**
     * Likewise, for callers that never block and repeat calls themselves: replies are handled on the connection's own
     * thread, and gRPC keeps no copy of a request to send it again.
     *
     * @param channel with its target, its credentials and whatever else is wanted of it
     */
    public static Connection direct(ManagedChannelBuilder<?> channel) {
        return to(channel.directExecutor().disableRetry());
    }

    private static Connection to(ManagedChannelBuilder<?> builder) {
        ManagedChannel channel = builder.intercept(new LostStreams())
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
        ScheduledExecutorService timer = newTimer();
        new Reconnect(channel, timer).watch();
        return new Connection(channel, timer);
    }

    /** For stubs. Owned by this connection. */
    public ManagedChannel channel() {
        return channel;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    /** Lets running calls end for up to 5 s, then cancels them. */
    @Override
    public void close() {
        close(List.of(this));
    }

    /** Lets running calls of all end for up to 5 s in all, then cancels them. */
    public static void close(List<Connection> connections) {
        connections.forEach(connection -> connection.channel.shutdown());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        try {
            for (Connection connection : connections) {
                connection.channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connections.forEach(connection -> connection.channel.shutdownNow());
    }

    /** Never shut down, so that a call that waits to be repeated ends instead of being lost; its thread ends when idle. */
    private static ScheduledExecutorService newTimer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "crossfade-client-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(CLOSE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
    }
}
