package io.crossfade.proxy.front.admin;

import io.crossfade.proxy.migration.admin.Cleaned;
import io.crossfade.proxy.migration.admin.Cleaning;
import io.crossfade.proxy.time.Time;
import io.crossfade.v1.CleanProgress;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;

/**
 * Sends a cleaning's progress. Lossy in between: at most four messages a second, none while the reader is slow; the last
 * one always comes. The run ends when the caller leaves. Calls come one at a time.
 */
final class CleanStream implements Cleaning.Listener {
    private static final long INTERVAL_NANOS = Duration.ofMillis(250).toNanos();

    private final ServerCallStreamObserver<CleanProgress> call;
    private final Time time;
    private long lastNanos;

    CleanStream(ServerCallStreamObserver<CleanProgress> call, Time time) {
        this.call = call;
        this.time = time;
        this.lastNanos = time.nanos();
    }

    @Override
    public void reached(Cleaned done) {
        long now = time.nanos();
        if (now - lastNanos >= INTERVAL_NANOS && call.isReady() && !call.isCancelled()) {
            lastNanos = now;
            call.onNext(write(done).build());
        }
    }

    @Override
    public boolean isCancelled() {
        return call.isCancelled();
    }

    void end(Cleaned done) {
        if (!call.isCancelled()) {
            call.onNext(write(done).setDone(true).build());
            call.onCompleted();
        }
    }

    private static CleanProgress.Builder write(Cleaned done) {
        return CleanProgress.newBuilder()
                .setDocuments(done.documents())
                .setCleaned(done.cleaned())
                .setLeft(done.left());
    }
}
