package io.crossfade.proxy.migration.reconcile;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.migration.identity.Identities;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Parked;
import io.crossfade.proxy.write.mirror.Mirror;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes the follower equal to the leader for given keys. Idempotent and free of order: it may run for any keys, at any
 * time, beside any writes. Each run is a {@link ReconcileRun}.
 *
 * @param identities vouch for the leader before its documents are written to the follower
 * @param onPending told when a run has left keys pending
 * @param refresh makes the leader's vectors of a document anew, where {@link JoinedText} has made them stale
 * @param hasLostRecords whether marks may be missing
 * @param failedAlone what to embed last
 * @param now the route of the moment; empty while nothing may be reconciled (R24, or before the backfill has begun)
 */
public record Reconciler(
        Marks marks,
        Parked parked,
        Mirror mirror,
        Identities identities,
        ReconcileSettings settings,
        Runnable onPending,
        Consumer<Key> refresh,
        BooleanSupplier hasLostRecords,
        FailedAlone failedAlone,
        Supplier<Optional<Route.Paired>> now) {

    /**
     * What became of the keys.
     *
     * @param reconciled equal on both sides at some moment during the run
     * @param parked set aside
     * @param pending stay marked; replay goes on with them
     * @param pendingNow not even begun: a request for the key is running or could still take effect
     */
    public record Result(int reconciled, int parked, int pending, int pendingNow) {
        Result plus(Result other) {
            return new Result(
                    reconciled + other.reconciled,
                    parked + other.parked,
                    pending + other.pending,
                    pendingNow + other.pendingNow);
        }
    }

    /** The same on another route. */
    public Reconciler on(Supplier<Optional<Route.Paired>> route) {
        return new Reconciler(
                marks, parked, mirror, identities, settings, onPending, refresh, hasLostRecords, failedAlone, route);
    }

    /** Reconciles these keys. Never fails: what goes wrong leaves keys pending. */
    public CompletableFuture<Result> reconcile(Route.Paired route, List<Key> keys, Embedder.Use use) {
        List<Marks.Capture> captures = new ArrayList<>(keys.size());
        for (Key key : keys) {
            marks.capture(key, route.epoch()).ifPresent(captures::add);
        }
        if (!isOn(route)) {
            captures.forEach(capture -> marks.close(capture.own()));
            captures.clear();
        }
        int notBegun = keys.size() - captures.size();
        if (captures.isEmpty()) {
            return CompletableFuture.completedFuture(new Result(0, 0, 0, notBegun));
        }
        return marks.record(captures.stream().map(Marks.Capture::own).toList())
                .thenCompose(recorded -> new ReconcileRun(this, route, captures, use).run())
                .exceptionally(failed -> giveUp(captures, failed))
                .whenComplete((result, never) -> {
                    if (result != null && result.pending() > 0) {
                        onPending.run();
                    }
                })
                .thenApply(result -> result.plus(new Result(0, 0, 0, notBegun)));
    }

    /**
     * Whether reconciles may write in this route's direction. Asked once the marks are open: whoever forbids it and
     * then finds no mark open knows that none runs.
     */
    public boolean isOn(Route route) {
        return now.get()
                .filter(current -> current.leader().name().equals(route.leader().name()))
                .isPresent();
    }

    private Result giveUp(List<Marks.Capture> captures, Throwable failed) {
        captures.forEach(capture -> marks.giveUp(capture, settings.retryAfter(), Cause.message(failed)));
        return new Result(0, 0, captures.size(), 0);
    }
}
