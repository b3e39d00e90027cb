package io.crossfade.proxy.driver.qdrant;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one call that is answered with one message. Does not wait for a broken connection, and does not end with the
 * call of the application that it is made for, which may have its answer before.
 */
final class Rpc<R> extends ClientCall.Listener<R> {
    private final CompletableFuture<R> reply = new CompletableFuture<>();
    private final Begun begun = new Begun();
    private @Nullable R message;

    private Rpc() {}

    /** Fails with an {@link RpcFailure}. */
    static <Q, R> CompletableFuture<R> send(
            Channel channel, MethodDescriptor<Q, R> method, Q request, Deadline deadline) {
        Rpc<R> sent = new Rpc<>();
        CallOptions options = CallOptions.DEFAULT.withDeadline(deadline).withStreamTracerFactory(sent.begun);
        Context callers = Context.ROOT.attach();
        try {
            ClientCall<Q, R> call = channel.newCall(method, options);
            call.start(sent, new Metadata());
            // A second message would be the server's error; asking for it lets gRPC notice.
            call.request(2);
            call.sendMessage(request);
            call.halfClose();
        } finally {
            Context.ROOT.detach(callers);
        }
        return sent.reply;
    }

    @Override
    public void onMessage(R received) {
        message = received;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        R received = message;
        if (status.isOk() && received != null) {
            reply.complete(received);
        } else {
            Status failure = status.isOk() ? Status.INTERNAL.withDescription("no reply") : status;
            reply.completeExceptionally(new RpcFailure(failure, begun.isTrue()));
        }
    }

    /**
     * Notices when the call is given to a connection. Before, nothing of it can have left this process; afterwards it may lie
     * in a buffer and leave even when the call has failed here.
     */
    private static final class Begun extends ClientStreamTracer.Factory {
        private volatile boolean begun;

        boolean isTrue() {
            return begun;
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transport, Metadata sentHeaders) {
                    begun = true;
                }
            };
        }
    }
}
