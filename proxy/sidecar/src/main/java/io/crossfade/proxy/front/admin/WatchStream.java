package io.crossfade.proxy.front.admin;

import io.crossfade.proxy.front.api.StatusWriter;
import io.crossfade.proxy.front.calls.CallRunner;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import io.crossfade.v1.CollectionStatus;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends a status now, and whenever it has changed, until the caller leaves. Lossy: a slow reader misses statuses in
 * between, and gets the newest. One look at a time, each a timer away from the last.
 */
final class WatchStream {
    private final Admin admin;
    private final Duration interval;
    private final ServerCallStreamObserver<CollectionStatus> call;
    private final CallRunner runner;
    private final Time time;
    private @Nullable CollectionStatus sent;

    WatchStream(
            Admin admin,
            Duration interval,
            ServerCallStreamObserver<CollectionStatus> call,
            CallRunner runner,
            Time time) {
        this.admin = admin;
        this.interval = interval;
        this.call = call;
        this.runner = runner;
        this.time = time;
    }

    void start() {
        call.setOnCancelHandler(() -> {});
        look();
    }

    private void look() {
        if (call.isCancelled()) {
            return;
        }
        Branches.take(status(), (status, failure) -> {
            if (failure != null) {
                runner.fail(call, failure);
            } else if (!call.isCancelled()) {
                send(StatusWriter.write(status));
                time.after(interval, this::look);
            }
        });
    }

    private CompletableFuture<Status> status() {
        try {
            return admin.status();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void send(CollectionStatus status) {
        if (!status.equals(sent) && call.isReady()) {
            sent = status;
            call.onNext(status);
        }
    }
}
