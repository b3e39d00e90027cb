package io.crossfade.proxy.route;

import io.crossfade.proxy.collection.CallException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The route of a collection, swapped as one object; epochs only grow. Swaps exclude each other by a monitor; reading
 * takes no lock.
 */
public final class CurrentRoute {
    private volatile Route route;
    private volatile @Nullable String ended;

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

    /** The route, with a write counted in; the caller ends it with {@code writes().exit()}. */
    public Route enterWrite() {
        while (true) {
            Route current = route;
            if (current.writes().enter()) {
                return current;
            }
            failIfEnded();
        }
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
        route.reads().close();
        route.writes().close();
    }

    /** Swaps the route; completes when all calls of the older one have ended. */
    public synchronized CompletableFuture<Void> swap(Route next) {
        failIfEnded();
        Route old = route;
        if (next.epoch() <= old.epoch()) {
            throw new IllegalStateException(
                    "epoch: " + next.epoch() + " (expected: > " + old.epoch() + ", epochs never go back)");
        }
        route = next;
        old.successor().complete(next);
        return CompletableFuture.allOf(old.reads().close(), old.writes().close());
    }
}
