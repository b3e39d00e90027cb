package io.crossfade.proxy.route;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.time.Branches;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The route of a collection, swapped as one object; epochs only grow. Swaps exclude each other by a monitor, which guards
 * {@code olderReads} too; reading takes no lock.
 */
public final class CurrentRoute {
    private volatile Route route;
    private volatile @Nullable String ended;

    private CompletableFuture<Void> olderReads = CompletableFuture.completedFuture(null);

    public CurrentRoute(Route initial) {
        route = initial;
    }

    public Route get() {
        return route;
    }

    /** The route, with a read counted in; the caller ends it with {@code reads().exit()}. */
    public Route enterRead() {
        while (true) {
            Route current = route;
            if (current.reads().enter()) {
                return current;
            }
            failIfEnded();
        }
    }

    /** The route, with a call counted in that is going to write; the caller ends it with {@link #exitWrite}. */
    public Route enterWrite() {
        while (true) {
            Route current = route;
            if (current.writers().enter()) {
                return current;
            }
            failIfEnded();
        }
    }

    /** Ends what {@link #enterWrite} began. */
    public static void exitWrite(Route entered) {
        entered.writers().exit();
    }

    private void failIfEnded() {
        String why = ended;
        if (why != null) {
            throw new CallException(CallException.Kind.UNAVAILABLE, why);
        }
    }

    /** Makes every call from now on fail with UNAVAILABLE and this reason; those under way go on. */
    public synchronized void end(String why) {
        ended = why;
        Branches.drop(route.reads().close(), "nobody waits for the calls of a member that has ended");
        Branches.drop(route.writes().close(), "nobody waits for the calls of a member that has ended");
    }

    /**
     * Swaps the route; completes when all writes of the older one have ended. Its reads may go on: each of them runs
     * beside every write that waits for the swap, so it may find that write or not.
     */
    public synchronized CompletableFuture<Void> swap(Route next) {
        failIfEnded();
        Route old = route;
        if (next.epoch() <= old.epoch()) {
            throw new IllegalStateException(
                    "epoch: " + next.epoch() + " (expected: > " + old.epoch() + ", epochs never go back)");
        }
        route = next;
        old.successor().complete(next);
        olderReads = CompletableFuture.allOf(olderReads, old.reads().close());
        return old.writes().close();
    }

    /** Completes when the reads of all older routes have ended, so that an index can be let go. */
    public synchronized CompletableFuture<Void> olderReadsEnded() {
        return olderReads.copy();
    }
}
