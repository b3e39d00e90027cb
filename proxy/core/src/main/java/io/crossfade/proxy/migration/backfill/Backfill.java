package io.crossfade.proxy.migration.backfill;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.walk.Pace;
import io.crossfade.proxy.migration.walk.Walk;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies history: walks through the leader, keys only, and reconciles what it finds, several batches at once. A batch's
 * keys are in the journal before it is written (R17), and the checkpoint behind it is stored after, from time to time: a crash
 * repeats what was copied since, and leaves nothing half copied. A key that cannot be copied now stays pending and is
 * replayed.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>stopped</td><td>whoever ends it, once</td><td>volatile</td></tr>
 * <tr><td>reached, storedNanos</td><td>the walk, one page after the other</td><td>volatile</td></tr>
 * <tr><td>saved</td><td>the store's answers</td><td>volatile</td></tr>
 * <tr><td>stores</td><td>the walk, and the store's answers</td><td>atomic</td></tr>
 * </table>
 */
public final class Backfill implements Walk.Steps {
    private static final Logger LOG = LoggerFactory.getLogger(Backfill.class);
    private static final Duration REST = Duration.ofMillis(250);

    private final Reconciler reconciler;
    private final Route.Paired route;
    private final Time time;
    private final Pace pace;
    private final Plan plan;
    private final Store store;
    private final AtomicBoolean stores = new AtomicBoolean();
    private volatile Walk.Reached reached = Walk.Reached.NOTHING;
    private volatile Walk.Reached saved = Walk.Reached.NOTHING;
    private volatile long storedNanos;
    private volatile boolean stopped;

    /**
     * @param walk how it goes through the leader
     * @param checkpoint between two stored ones
     * @param mostPending above this many pending keys the copy rests
     * @param mayRun false while an operator has paused it
     */
    public record Plan(Walk.Plan walk, Duration checkpoint, int mostPending, BooleanSupplier mayRun) {}

    /** Where the progress is kept. */
    public interface Store {
        CompletableFuture<CopyProgress> update(UnaryOperator<CopyProgress> change);
    }

    public Backfill(Reconciler reconciler, Route.Paired route, Time time, Pace pace, Plan plan, Store store) {
        this.reconciler = reconciler;
        this.route = route;
        this.time = time;
        this.pace = pace;
        this.plan = plan;
        this.store = store;
        this.storedNanos = time.nanos();
    }

    /** Continues where the progress says; completes when all is done or the backfill was stopped. */
    public CompletableFuture<Void> run() {
        return store.update(UnaryOperator.identity()).thenCompose(progress -> {
            reached = progress.isDone()
                    ? new Walk.Reached("", progress.copied(), true)
                    : new Walk.Reached(progress.cursor(), progress.copied(), false);
            saved = reached;
            CompletableFuture<Void> end = new CompletableFuture<>();
            goOn(end);
            return end;
        });
    }

    private void goOn(CompletableFuture<Void> end) {
        if (stopped) {
            end.complete(null);
            return;
        }
        CompletableFuture<Walk.Reached> walked = reached.isLast()
                ? CompletableFuture.completedFuture(reached)
                : Walk.from(reached, route.leader().index(), time, plan.walk(), this);
        Branches.take(walked.thenCompose(last -> save(last).thenApply(stored -> last)), (last, failed) -> {
            if (stopped || (last != null && last.isLast())) {
                end.complete(null);
                return;
            }
            if (failed != null) {
                LOG.warn("backfill of {}: {}; trying again", route, Cause.message(failed));
            }
            time.after(REST, () -> goOn(end));
        });
    }

    @Override
    public CompletableFuture<Boolean> mayGoOn() {
        CompletableFuture<Boolean> may = new CompletableFuture<>();
        askFor(may);
        return may;
    }

    /** Asks again and again: a pause may last for days, so that no future may wait for the next. */
    private void askFor(CompletableFuture<Boolean> may) {
        try {
            if (stopped) {
                may.complete(false);
            } else if (isFree()) {
                Branches.take(pace.await(plan.walk().batch()), (ready, never) -> may.complete(!stopped));
            } else {
                saveFromTimeToTime();
                time.after(REST, () -> askFor(may));
            }
        } catch (RuntimeException | Error e) {
            may.completeExceptionally(e);
        }
    }

    private boolean isFree() {
        return plan.mayRun().getAsBoolean()
                && reconciler.isOn(route)
                && reconciler.mirror().seemsOpenForBusiness()
                && (reconciler.mirror().isTrusted() || reconciler.marks().pendingKeys() == 0) // else replay tries it
                && reconciler.marks().pendingKeys() < plan.mostPending();
    }

    @Override
    public CompletableFuture<Void> take(List<StoredDocument> page) {
        List<Key> keys = page.stream().map(StoredDocument::key).toList();
        return reconciler
                .reconcile(route, keys, Embedder.Use.BACKFILL)
                .thenCompose(result -> kept(keys))
                .thenAccept(kept -> {
                    if (!kept || !reconciler.isOn(route)) {
                        throw new IllegalStateException("the route has been left");
                    }
                });
    }

    /**
     * Waits until what was left to a later reconcile is in the journal (R17); false if stopped before that. Fails if
     * the journal refuses records by then: a call may have closed, with its refusal, the mark that the copy counted on.
     */
    private CompletableFuture<Boolean> kept(List<Key> keys) {
        if (reconciler.marks().areKept(keys)) {
            return reconciler.marks().record(List.of()).thenApply(done -> true);
        }
        return stopped
                ? CompletableFuture.completedFuture(false)
                : time.rest(REST).thenCompose(rested -> kept(keys));
    }

    @Override
    public void reached(Walk.Reached now) {
        reached = now;
        saveFromTimeToTime();
    }

    /** A checkpoint that cannot be stored does not keep the copy from going on; the next one covers it. */
    private void saveFromTimeToTime() {
        Walk.Reached now = reached;
        if (!now.equals(saved)
                && time.nanos() - storedNanos >= plan.checkpoint().toNanos()
                && stores.compareAndSet(false, true)) {
            storedNanos = time.nanos();
            Branches.take(save(now), (stored, failed) -> {
                stores.set(false);
                if (failed != null && !stopped) {
                    LOG.warn("checkpoint of the backfill of {} not stored: {}", route, Cause.message(failed));
                }
            });
        }
    }

    private CompletableFuture<CopyProgress> save(Walk.Reached now) {
        return store.update(stored -> stored.reached(now.cursor(), now.documents(), now.isLast()))
                .thenApply(stored -> {
                    saved = now;
                    return stored;
                });
    }

    /** Lets the present batches end, and begins no new ones. */
    public void stop() {
        stopped = true;
    }
}
