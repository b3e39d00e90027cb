package io.crossfade.proxy.front.calls;

import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.wire.NotAfter;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives calls that say until when they may begin, see {@link NotAfter}, a deadline that their time in the network
 * counts towards, and tells their callers this process's time. Calls that do not say pass through untouched.
 */
public final class LateCalls implements ServerInterceptor {
    private static final Context.Key<Deadline> LIMIT = Context.key("not-after");

    private final String process = UUID.randomUUID().toString();
    private final Time time;

    public LateCalls(Time time) {
        this.time = time;
    }

    /** The earlier of the current call's own deadline and its limit; null if it has neither. */
    static @Nullable Deadline deadline() {
        Deadline own = Context.current().getDeadline();
        Deadline limit = LIMIT.get();
        if (own == null) {
            return limit;
        }
        return limit == null ? own : own.minimum(limit);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String text = headers.get(NotAfter.LIMIT);
        if (text == null) {
            return next.startCall(call, headers);
        }
        ServerCall<Q, R> telling = new Telling<>(call);
        NotAfter limit = NotAfter.read(text);
        if (limit == null) {
            return next.startCall(telling, headers);
        } else if (!limit.process().equals(process)) {
            Metadata trailers = new Metadata();
            trailers.put(NotAfter.OTHER_PROCESS, "");
            telling.close(
                    Status.UNAVAILABLE.withDescription(
                            "limit: of process " + limit.process() + " (expected: " + process + "); nothing was done"),
                    trailers);
            return new ServerCall.Listener<>() {};
        }
        Deadline deadline = Deadline.after(limit.nanos() - time.nanos(), TimeUnit.NANOSECONDS);
        return Contexts.interceptCall(Context.current().withValue(LIMIT, deadline), telling, headers, next);
    }

    /** A call whose answer tells the time. */
    private final class Telling<Q, R> extends SimpleForwardingServerCall<Q, R> {
        private boolean hasTold;

        Telling(ServerCall<Q, R> call) {
            super(call);
        }

        private void tell(Metadata metadata) {
            if (!hasTold) {
                hasTold = true;
                metadata.put(NotAfter.NOW, new NotAfter(process, time.nanos()).write());
            }
        }

        @Override
        public void sendHeaders(Metadata headers) {
            tell(headers);
            super.sendHeaders(headers);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            tell(trailers);
            super.close(status, trailers);
        }
    }
}
