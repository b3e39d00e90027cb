package io.crossfade.proxy.write;

import io.crossfade.proxy.route.Calls;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Whether writes that need no lanes have to take them. Most of the time they need not, and are only counted. Whoever has
 * to know that nothing is written between reading a document and changing it demands that they do, and waits for those
 * that run without. Counts are atomic; demands begin under this object's monitor.
 */
final class LaneDemand {
    private final AtomicInteger demands = new AtomicInteger();
    private volatile Calls without = new Calls();
    private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);

    /** Counts a write in that takes no lanes, until {@code exit}; null if it has to take them. */
    @Nullable
    Calls enter() {
        while (demands.get() == 0) {
            Calls here = without;
            if (here.enter()) {
                if (demands.get() == 0) {
                    return here;
                }
                here.exit();
            }
        }
        return null;
    }

    /** Makes all writes take lanes, until {@link #end}; completes when those that have begun without have ended. */
    synchronized CompletableFuture<Void> begin() {
        demands.incrementAndGet();
        Calls before = without;
        without = new Calls();
        ended = CompletableFuture.allOf(ended, before.close());
        return ended;
    }

    void end() {
        demands.decrementAndGet();
    }
}
