package io.crossfade.proxy.front.admin;

import io.crossfade.proxy.time.Time;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Sends how far long work has come. Lossy in between: at most four messages a second, none while the reader is slow or has
 * left; the last one comes, unless the reader has left. Calls come one at a time.
 */
final class ProgressStream<M> {
    private static final long INTERVAL_NANOS = Duration.ofMillis(250).toNanos();

    private final ServerCallStreamObserver<M> call;
    private final Time time;
    private long lastNanos;

    ProgressStream(ServerCallStreamObserver<M> call, Time time) {
        this.call = call;
        this.time = time;
        this.lastNanos = time.nanos();
    }

    /** Returns whether the message was sent. */
    boolean offer(Supplier<M> message) {
        long now = time.nanos();
        boolean isDue = now - lastNanos >= INTERVAL_NANOS && call.isReady() && !call.isCancelled();
        if (isDue) {
            lastNanos = now;
            call.onNext(message.get());
        }
        return isDue;
    }

    boolean isCancelled() {
        return call.isCancelled();
    }

    void end(M last) {
        if (!call.isCancelled()) {
            call.onNext(last);
            call.onCompleted();
        }
    }
}
