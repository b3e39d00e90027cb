package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A channel to a server, which is connected to with the first call. Replies are read on the channel's own threads, and gRPC
 * repeats nothing. A broken connection is tried again 100 ms after a call has found it so, not after gRPC's 1 to 120 s.
 */
final class Server implements AutoCloseable {
    private static final long KEEPALIVE_SECONDS = 20;
    private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;
    private static final long CLOSE_SECONDS = 5;
    private static final Duration RECONNECT = Duration.ofMillis(100);
    private static final Metadata.Key<String> API_KEY = Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER);

    private final ManagedChannel channel;
    private final Channel calls;
    private final Time time;
    private final AtomicBoolean reconnecting = new AtomicBoolean();

    private Server(ManagedChannel channel, @Nullable String apiKey, Time time) {
        this.channel = channel;
        this.calls = apiKey == null ? channel : ClientInterceptors.intercept(channel, new KeySender(apiKey));
        this.time = time;
    }

    static Server of(QdrantIndexSettings settings, VectorIndexProvider.Context context) {
        ManagedChannel channel = onLoops(
                        NettyChannelBuilder.forTarget(
                                settings.address(), credentials(settings, context.dataDirectory())),
                        context.loops())
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(settings.messageBytes())
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
        return new Server(channel, settings.apiKey(), context.time());
    }

    /** On the threads that serve the sidecar's own connections, if they are event loops. */
    private static NettyChannelBuilder onLoops(NettyChannelBuilder builder, @Nullable ScheduledExecutorService loops) {
        if (loops instanceof EventLoopGroup group) {
            builder.eventLoopGroup(group)
                    .channelType(
                            group instanceof EpollEventLoopGroup ? EpollSocketChannel.class : NioSocketChannel.class);
        }
        return builder;
    }

    private static ChannelCredentials credentials(QdrantIndexSettings settings, Path dataDirectory) {
        if (!settings.tls()) {
            return InsecureChannelCredentials.create();
        } else if (settings.tlsCa() == null) {
            return TlsChannelCredentials.create();
        }
        Path trusted = dataDirectory.resolve(settings.tlsCa());
        try {
            return TlsChannelCredentials.newBuilder()
                    .trustManager(trusted.toFile())
                    .build();
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("tls_ca: " + trusted + " (expected: certificates as PEM): " + e, e);
        }
    }

    /** Fails with an {@link RpcFailure}. */
    <Q, R> CompletableFuture<R> call(MethodDescriptor<Q, R> method, Q request, Deadline deadline) {
        CompletableFuture<R> reply = Rpc.send(calls, method, request, deadline);
        Branches.take(reply, (value, failed) -> {
            if (failed != null && Cause.of(failed) instanceof RpcFailure failure && failure.isDisconnection()) {
                reconnectSoon();
            }
        });
        return reply;
    }

    private void reconnectSoon() {
        if (!channel.isShutdown() && reconnecting.compareAndSet(false, true)) {
            time.after(RECONNECT, () -> {
                reconnecting.set(false);
                channel.resetConnectBackoff();
            });
        }
    }

    /** Lets running calls end for up to 5 s, then cancels them. */
    @Override
    public void close() {
        channel.shutdown();
        try {
            channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channel.shutdownNow();
    }

    /** Puts the key into each call's headers. */
    private record KeySender(String apiKey) implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    headers.put(API_KEY, apiKey);
                    super.start(listener, headers);
                }
            };
        }

        @Override
        public String toString() {
            return "KeySender";
        }
    }
}
