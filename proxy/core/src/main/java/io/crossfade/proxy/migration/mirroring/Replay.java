package io.crossfade.proxy.migration.mirroring;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.journal.Marks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Reconciles pending keys in batches, as they become ready, until none is left. Rests while there is nothing to do or
 * the follower is in trouble; then tries it with one key at a time. Safe to wake from any thread.
 */
final class Replay {
    private static final Duration REST = Duration.ofMillis(20);
    private static final Duration LONG_REST = Duration.ofMillis(200);

    private final Reconciler reconciler;
    private final Supplier<Optional<Route.Paired>> route;
    private final Time time;
    private final int batch;
    private final int mostInFlight;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicBoolean resting = new AtomicBoolean();
    private volatile boolean stopped;
    // In nanoseconds. Written by each run that brought nothing on; the latest counts.
    private volatile long restsUntil;

    /**
     * @param route the route to reconcile on; empty while nothing may be reconciled
     */
    Replay(Reconciler reconciler, Supplier<Optional<Route.Paired>> route, Time time, ReplaySettings settings) {
        this.reconciler = reconciler;
        this.route = route;
        this.time = time;
        this.batch = settings.batch();
        this.mostInFlight = settings.inFlight();
        this.restsUntil = time.nanos();
    }

    /** Tells that there may be work. */
    void wake() {
        rest(REST);
    }

    private void rest(Duration length) {
        if (!stopped && resting.compareAndSet(false, true)) {
            time.after(length, () -> {
                resting.set(false);
                work();
            });
        }
    }

    private void work() {
        Marks marks = reconciler.marks();
        if (stopped || marks.pendingKeys() == 0) {
            return;
        }
        long left = restsUntil - time.nanos();
        if (left > 0) {
            rest(Duration.ofNanos(left));
            return;
        }
        Optional<Route.Paired> now = route.get();
        if (now.isEmpty() || !reconciler.mirror().seemsOpenForBusiness()) {
            rest(LONG_REST);
            return;
        }
        boolean trusted = reconciler.mirror().isTrusted();
        if (inFlight.incrementAndGet() > (trusted ? mostInFlight : 1)) {
            inFlight.decrementAndGet();
            return;
        }
        List<Key> keys = marks.ready(trusted ? batch : 1);
        if (keys.isEmpty()) {
            inFlight.decrementAndGet();
            rest(REST);
            return;
        }
        Branches.take(reconciler.reconcile(now.get(), keys, Embedder.Use.REPLAY), (result, failed) -> {
            inFlight.decrementAndGet();
            if (result != null && result.reconciled() + result.parked() > 0) {
                rest(Duration.ZERO);
            } else {
                restsUntil = time.nanos() + REST.toNanos();
                rest(REST);
            }
        });
        if (keys.size() == batch) {
            rest(Duration.ZERO);
        }
    }

    /** Stops; runs that have begun are not awaited. */
    void stop() {
        stopped = true;
    }
}
