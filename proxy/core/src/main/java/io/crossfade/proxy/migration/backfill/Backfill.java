package io.crossfade.proxy.migration.backfill;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.Slice;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.CopyProgress.SliceProgress;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies history: scans the leader slice by slice, keys only, and reconciles what it finds, batch by batch. A batch's
 * keys are in the journal before it is written (R17) and its checkpoint is stored after, so that a crash repeats at
 * most one batch per slice and leaves nothing half copied. A key that cannot be copied now stays pending and is
 * replayed. Slices share nothing but {@code stopped}, which is volatile and only ever set.
 */
public final class Backfill {
    private static final Logger LOG = LoggerFactory.getLogger(Backfill.class);
    private static final Duration REST = Duration.ofMillis(250);

    private final Reconciler reconciler;
    private final Route.Paired route;
    private final Time time;
    private final Pace pace;
    private final Plan plan;
    private final Store store;
    private volatile boolean stopped;

    /**
     * @param batch documents reconciled together
     * @param inFlight slices copied at once
     * @param mostPending above this many pending keys the copy rests
     * @param mayRun false while an operator has paused it
     */
    public record Plan(int batch, int inFlight, int mostPending, Duration timeout, BooleanSupplier mayRun) {}

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
    }

    /** Continues where the progress says; completes when all slices are done or the backfill was stopped. */
    public CompletableFuture<Void> run() {
        return store.update(UnaryOperator.identity()).thenCompose(progress -> {
            int lanes = Math.min(plan.inFlight(), progress.slices().size());
            CompletableFuture<?>[] all = new CompletableFuture<?>[lanes];
            for (int lane = 0; lane < lanes; lane++) {
                all[lane] = copySlices(progress, lane, lanes);
            }
            return CompletableFuture.allOf(all);
        });
    }

    private CompletableFuture<Void> copySlices(CopyProgress progress, int from, int step) {
        if (from >= progress.slices().size()) {
            return CompletableFuture.completedFuture(null);
        }
        SliceProgress slice = progress.slices().get(from);
        CompletableFuture<Void> copied = slice.done()
                ? CompletableFuture.completedFuture(null)
                : copy(new Slice(from, progress.slices().size()), slice);
        return copied.thenCompose(done -> copySlices(progress, from + step, step));
    }

    private CompletableFuture<Void> copy(Slice slice, SliceProgress progress) {
        if (stopped || progress.done()) {
            return CompletableFuture.completedFuture(null);
        }
        if (!mayGoOn()) {
            return time.rest(REST).thenCompose(rested -> copy(slice, progress));
        }
        return pace.await(plan.batch())
                .thenCompose(ready -> copyPage(slice, progress))
                .exceptionallyCompose(failed -> {
                    LOG.warn("backfill of {} slice {}: {}; trying again", route, slice.index(), failed.toString());
                    return time.rest(REST).thenApply(rested -> progress);
                })
                .thenComposeAsync(next -> copy(slice, next), task -> time.after(Duration.ZERO, task));
    }

    private boolean mayGoOn() {
        return plan.mayRun().getAsBoolean()
                && reconciler.isOn(route)
                && reconciler.mirror().seemsOpenForBusiness()
                && (reconciler.mirror().isTrusted() || reconciler.marks().pendingKeys() == 0) // else replay tries it
                && reconciler.marks().pendingKeys() < plan.mostPending();
    }

    private CompletableFuture<SliceProgress> copyPage(Slice slice, SliceProgress progress) {
        ScanQuery query = new ScanQuery(progress.cursor(), slice, null, null, Projection.STAMP, plan.batch());
        return route.leader().index().scan(query, plan.timeout()).thenCompose(page -> {
            List<Key> keys = page.documents().stream().map(StoredDocument::key).toList();
            SliceProgress next = new SliceProgress(page.cursor(), progress.copied() + keys.size(), page.isLast());
            return reconciler
                    .reconcile(route, keys, Embedder.Use.BACKFILL)
                    .thenCompose(result -> kept(keys))
                    .thenCompose(kept -> kept && reconciler.isOn(route)
                            ? store.update(all -> all.slice(slice.index(), next))
                                    .thenApply(stored -> next)
                            : CompletableFuture.completedFuture(progress));
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

    /** Lets the present batches end, and begins no new ones. */
    public void stop() {
        stopped = true;
    }
}
