package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.wire.NotAfter;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one call that is answered with one message. Does not wait for a broken connection. Only if the process
 * there is another one than before, and so has not begun anything, is the call sent once more. It does not end with the
 * call of the application that it is made for, which may have its answer before.
 */
final class RemoteCall<R> extends ClientCall.Listener<R> {
    private final Begun begun;
    private final @Nullable Supplier<CompletableFuture<R>> again;
    private final CompletableFuture<R> reply = new CompletableFuture<>();
    private @Nullable R message;

    private RemoteCall(Begun begun, @Nullable Supplier<CompletableFuture<R>> again) {
        this.begun = begun;
        this.again = again;
    }

    /** Fails with a {@link RemoteFailure}. */
    static <Q, R> CompletableFuture<R> send(
            Channel channel, MethodDescriptor<Q, R> method, Q request, Deadline deadline) {
        return send(channel, method, request, deadline, () -> send(channel, method, request, deadline, null));
    }

    private static <Q, R> CompletableFuture<R> send(
            Channel channel,
            MethodDescriptor<Q, R> method,
            Q request,
            Deadline deadline,
            @Nullable Supplier<CompletableFuture<R>> again) {
        Begun begun = new Begun();
        CallOptions options = CallOptions.DEFAULT.withDeadline(deadline).withStreamTracerFactory(begun);
        RemoteCall<R> sent = new RemoteCall<>(begun, again);
        Context callers = Context.ROOT.attach();
        try {
            ClientCall<Q, R> call = channel.newCall(method, options);
            call.start(sent, new Metadata());
            // A second message would be the other side's error; asking for it lets gRPC notice.
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
        } else if (again != null && trailers.containsKey(NotAfter.OTHER_PROCESS)) {
            Branches.take(again.get(), this::end);
        } else {
            Status failure = status.isOk() ? Status.INTERNAL.withDescription("no reply") : status;
            reply.completeExceptionally(new RemoteFailure(failure, begun.isTrue()));
        }
    }

    private void end(R answer, @Nullable Throwable failed) {
        if (failed == null) {
            reply.complete(answer);
        } else {
            reply.completeExceptionally(failed);
        }
    }

    /**
     * Notices when the call is given to a connection. Before, nothing of it can have left this process; afterwards it
     * may lie in a buffer and leave even when the call has failed here.
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
