package io.crossfade.proxy.front.calls;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds what open streams hold: their number, the bytes of requests that arrive or are worked on, and the bytes of
 * answers that their readers have not taken. A stream is open from its headers until its last byte has been sent.
 * Lossless: what is over a limit is refused before any of it is done.
 */
public final class OpenStreams extends ServerStreamTracer.Factory implements ServerInterceptor {
    private static final Metadata.Key<String> USER_AGENT =
            Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

    private final int most;
    private final OpenStream.Shared shared;

    /**
     * @param most streams
     * @param bytes of requests, and as many of answers
     * @param patience with requests that do not arrive and answers that are not taken
     */
    public OpenStreams(int most, long bytes, Patience patience) {
        this.most = most;
        this.shared = new OpenStream.Shared(
                new AtomicInteger(), new ByteBudget("requests", bytes), new ByteBudget("answers", bytes), patience);
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        String client = headers.get(USER_AGENT);
        return new OpenStream(client == null ? "" : client, shared);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        OpenStream stream = OpenStream.current();
        stream.begin(problem -> call.close(Status.RESOURCE_EXHAUSTED.withDescription(problem), new Metadata()));
        if (shared.open().get() > most) {
            stream.refuse("open streams: " + most + " already (expected: fewer than " + most + "); try again");
            return new ServerCall.Listener<>() {};
        }
        return new UnlessRefused<>(next.startCall(call, headers), stream);
    }

    /** A listener that does not work on a request whose end arrives after it was refused. */
    private static final class UnlessRefused<Q> extends SimpleForwardingServerCallListener<Q> {
        private final OpenStream stream;

        UnlessRefused(ServerCall.Listener<Q> listener, OpenStream stream) {
            super(listener);
            this.stream = stream;
        }

        @Override
        public void onMessage(Q message) {
            if (!stream.isRefused()) {
                super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            stream.arrived();
            if (!stream.isRefused()) {
                super.onHalfClose();
            }
        }
    }
}
