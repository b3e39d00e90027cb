package io.crossfade.proxy.load;

import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerBuilder;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** gRPC that neither reads nor writes messages: an upsert is the bytes it is. As lean as grpc-java can be. */
final class Bytes {
    private static final boolean NATIVE = Epoll.isAvailable();
    private static final int LOOPS = 2;
    private static final EventLoopGroup EVENTS = NATIVE
            ? new EpollEventLoopGroup(LOOPS, new DefaultThreadFactory("bytes", true))
            : new NioEventLoopGroup(LOOPS, new DefaultThreadFactory("bytes", true));

    static final MethodDescriptor<byte[], byte[]> UPSERT = VectorServiceGrpc.getUpsertMethod().toBuilder(
                    new Marshaller(), new Marshaller())
            .build();

    private Bytes() {}

    private static final class Marshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] message) {
            return new Message(message);
        }

        /** Into an array of its length, which a stream tells that knows it. */
        @Override
        public byte[] parse(InputStream stream) {
            if (!(stream instanceof KnownLength)) {
                throw new IllegalStateException(stream.getClass() + " (expected: a KnownLength)");
            }
            try {
                byte[] message = new byte[stream.available()];
                if (stream.readNBytes(message, 0, message.length) < message.length || stream.read() >= 0) {
                    throw new IOException("message: not of " + message.length + " bytes (expected: as it said)");
                }
                return message;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Its length is known before it is read, and it goes over in one piece. */
    private static final class Message extends ByteArrayInputStream implements KnownLength, Drainable {
        Message(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int length = count - pos;
            target.write(buf, pos, length);
            pos = count;
            return length;
        }
    }

    static ManagedChannel channel(int port) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                .eventLoopGroup(EVENTS)
                .channelType(NATIVE ? EpollSocketChannel.class : NioSocketChannel.class)
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .build();
    }

    /** On a free port of the loopback interface. */
    static ServerBuilder<?> server() {
        return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .bossEventLoopGroup(EVENTS)
                .workerEventLoopGroup(EVENTS)
                .channelType(NATIVE ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .directExecutor();
    }

    /** A service that only upserts. */
    static ServerServiceDefinition upserts(ServerCalls.UnaryMethod<byte[], byte[]> upsert) {
        return ServerServiceDefinition.builder(VectorServiceGrpc.SERVICE_NAME)
                .addMethod(UPSERT, ServerCalls.asyncUnaryCall(upsert))
                .build();
    }

    static CompletableFuture<byte[]> upsert(Channel channel, byte[] request) {
        ClientCall<byte[], byte[]> call = channel.newCall(UPSERT, CallOptions.DEFAULT);
        Reply reply = new Reply();
        call.start(reply, new Metadata());
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
        return reply.future;
    }

    private static final class Reply extends ClientCall.Listener<byte[]> {
        private final CompletableFuture<byte[]> future = new CompletableFuture<>();
        private byte @Nullable [] message;

        @Override
        public void onMessage(byte[] received) {
            message = received;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            byte[] received = message;
            if (status.isOk() && received != null) {
                future.complete(received);
            } else {
                future.completeExceptionally(status.asRuntimeException());
            }
        }
    }
}
