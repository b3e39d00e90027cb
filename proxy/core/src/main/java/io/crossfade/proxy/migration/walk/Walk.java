package io.crossfade.proxy.migration.walk;

import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the documents of an index by one scan, page by page. Several pages are under way at once, so that what is done
 * with one does not wait for another; how far all is done is told in the order of the scan, so that a walk can go on from
 * there after a crash. The first failure ends it, once nothing is under way any more.
 *
 * <p>Guarded by its own lock; neither the index nor the steps are called under it.
 */
public final class Walk {
    private final VectorIndex index;
    private final Time time;
    private final Plan plan;
    private final Steps steps;
    private final Deque<Page> underWay = new ArrayDeque<>();
    private final CompletableFuture<Reached> end = new CompletableFuture<>();
    private Reached reached;
    private String next;
    private int running;
    private boolean reads;
    private boolean hasReadAll;
    private boolean tells;
    private @Nullable Throwable failure;

    /**
     * @param batch documents on a page
     * @param inFlight pages under way
     * @param timeout of a read
     */
    public record Plan(int batch, int inFlight, Duration timeout) {}

    /**
     * How far all is done.
     *
     * @param cursor where to go on
     * @param documents so far
     * @param isLast the walk has come to the end
     */
    public record Reached(String cursor, long documents, boolean isLast) {
        public static final Reached NOTHING = new Reached("", 0, false);
    }

    /** What is done on the way. */
    public interface Steps {
        /** Completes when the next page may be read; with false the walk ends early. */
        CompletableFuture<Boolean> mayGoOn();

        /** Deals with the documents of a page, of which the stamps were read. */
        CompletableFuture<Void> take(List<StoredDocument> page);

        /** Hears how far it has come; calls come one at a time. */
        void reached(Reached now);
    }

    private static final class Page {
        private final Reached end;
        private boolean done;

        Page(Reached end) {
            this.end = end;
        }
    }

    private Walk(VectorIndex index, Time time, Plan plan, Steps steps, Reached from) {
        this.index = index;
        this.time = time;
        this.plan = plan;
        this.steps = steps;
        this.reached = from;
        this.next = from.cursor();
    }

    /** Completes with how far it has come when it is at the end, or was ended early. */
    public static CompletableFuture<Reached> from(Reached from, VectorIndex index, Time time, Plan plan, Steps steps) {
        Walk walk = new Walk(index, time, plan, steps, from);
        walk.goOn();
        return walk.end;
    }

    private void goOn() {
        if (beginsToRead()) {
            Branches.take(
                    CompletableFuture.completedFuture(true)
                            .thenCompose(begun -> steps.mayGoOn())
                            .thenCompose(may -> may ? read() : CompletableFuture.completedFuture(null)),
                    this::hasRead);
        }
    }

    private synchronized boolean beginsToRead() {
        if (reads || hasReadAll || underWay.size() >= plan.inFlight()) {
            return false;
        }
        reads = true;
        return true;
    }

    private CompletableFuture<@Nullable ScanPage> read() {
        ScanQuery query = new ScanQuery(cursor(), null, null, Projection.STAMP, plan.batch());
        return index.scan(query, plan.timeout()).thenApply(page -> page);
    }

    private synchronized String cursor() {
        return next;
    }

    private void hasRead(@Nullable ScanPage found, @Nullable Throwable failed) {
        Page page = hasBegun(found, failed);
        if (page == null || found == null) {
            finish();
            return;
        }
        Branches.take(
                CompletableFuture.completedFuture(found.documents()).thenCompose(steps::take),
                (done, wrong) -> hasTaken(page, wrong));
        time.after(Duration.ZERO, this::goOn);
    }

    private synchronized @Nullable Page hasBegun(@Nullable ScanPage found, @Nullable Throwable failed) {
        reads = false;
        if (failed != null) {
            fail(failed);
        }
        if (found == null) {
            hasReadAll = true;
            return null;
        }
        Page last = underWay.peekLast();
        long before = (last == null ? reached : last.end).documents();
        Page page =
                new Page(new Reached(found.cursor(), before + found.documents().size(), found.isLast()));
        underWay.add(page);
        running++;
        next = found.cursor();
        hasReadAll |= found.isLast();
        return page;
    }

    private void fail(Throwable why) {
        failure = failure == null ? why : failure;
        hasReadAll = true;
    }

    private void hasTaken(Page page, @Nullable Throwable failed) {
        synchronized (this) {
            running--;
            page.done = failed == null;
            if (failed != null) {
                fail(failed);
            }
        }
        tell();
        finish();
        time.after(Duration.ZERO, this::goOn);
    }

    private void tell() {
        for (Reached now = further(); now != null; now = further()) {
            try {
                steps.reached(now);
            } catch (RuntimeException | Error e) {
                synchronized (this) {
                    fail(e);
                }
            }
            synchronized (this) {
                tells = false;
            }
        }
    }

    /** The end of the first page under way, if that is done and nobody else is just telling of one. */
    private synchronized @Nullable Reached further() {
        Page first = underWay.peekFirst();
        if (tells || first == null || !first.done) {
            return null;
        }
        underWay.removeFirst();
        reached = first.end;
        tells = true;
        return reached;
    }

    private void finish() {
        Throwable wrong;
        Reached last;
        synchronized (this) {
            if (reads || !hasReadAll || running > 0 || tells) {
                return;
            }
            wrong = failure;
            last = reached;
        }
        if (wrong == null) {
            end.complete(last);
        } else {
            end.completeExceptionally(wrong);
        }
    }
}
