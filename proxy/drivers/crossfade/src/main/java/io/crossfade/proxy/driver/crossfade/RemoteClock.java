package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.wire.NotAfter;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lower bound of what the clock of the other process shows, learnt from its answers; it gives the moment after which
 * a call must not begin there any more: see {@link NotAfter}. The last reading is an immutable reference, swapped.
 */
final class RemoteClock {
    private final Time time;
    private volatile @Nullable Reading last;

    RemoteClock(Time time) {
        this.time = time;
    }

    /** The channel for calls that may begin whenever they arrive. */
    Channel whenever(Channel channel) {
        return ClientInterceptors.intercept(channel, new Teller(Optional.empty()));
    }

    /** The channel for calls that may begin for so long after they were sent, and not after their deadline. */
    Channel within(Channel channel, Duration most) {
        return ClientInterceptors.intercept(channel, new Teller(Optional.of(most)));
    }

    private record Reading(NotAfter theirs, long ours) {}

    /** The process that gave the last answer; "" before the first. */
    String process() {
        Reading reading = last;
        return reading == null ? "" : reading.theirs().process();
    }

    /** Whether anything was answered yet. */
    boolean isKnown() {
        return last != null;
    }

    /**
     * The limit of a call sent now; empty while nothing is known of that clock, because nothing was written there yet.
     */
    private String limit(Duration most) {
        Reading reading = last;
        if (reading == null) {
            return "";
        }
        long theirs = reading.theirs().nanos() + time.nanos() - reading.ours();
        return new NotAfter(reading.theirs().process(), theirs + most.toNanos()).write();
    }

    private void read(Metadata answer) {
        NotAfter now = NotAfter.read(answer.get(NotAfter.NOW));
        if (now != null) {
            last = new Reading(now, time.nanos());
        }
    }

    /** Puts the limit into each call's headers; the answer brings the time. */
    private final class Teller implements ClientInterceptor {
        private final Optional<Duration> most;

        Teller(Optional<Duration> most) {
            this.most = most;
        }

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    headers.put(
                            NotAfter.LIMIT, most.map(RemoteClock.this::limit).orElse(""));
                    super.start(new Learning<>(listener), headers);
                }
            };
        }
    }

    private final class Learning<R> extends SimpleForwardingClientCallListener<R> {
        Learning(ClientCall.Listener<R> listener) {
            super(listener);
        }

        @Override
        public void onHeaders(Metadata headers) {
            read(headers);
            super.onHeaders(headers);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            read(trailers);
            super.onClose(status, trailers);
        }
    }
}
