package io.crossfade.proxy.write;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.route.Calls;
import io.crossfade.proxy.time.Branches;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One queue per key, so that the leader sees the writes of a key one after the other (R9). A call takes its keys one by
 * one in their global order, so calls that share keys cannot wait for each other in a circle. Lossless, and no longer
 * than the calls in flight. Lock-free but for the map's own bins.
 */
public final class Lanes {
    private final ConcurrentHashMap<Key, CompletableFuture<Void>> tails = new ConcurrentHashMap<>();
    private final LaneDemand demand = new LaneDemand();
    private final ThreadLocal<@Nullable ArrayDeque<CompletableFuture<Void>>> openingHere = new ThreadLocal<>();

    /**
     * Completes when all lanes are the caller's.
     *
     * @param keys distinct, in their natural order
     */
    public CompletableFuture<Lease> take(List<Key> keys) {
        Lease lease = new Lease(keys);
        lease.advance();
        return lease.taken;
    }

    /** Counts a write in that takes no lanes, until {@code exit}; null if it has to take them. */
    @Nullable
    Calls without() {
        return demand.enter();
    }

    /**
     * As {@link #take}, of a caller that changes what it has read: writes that need no lanes otherwise take them too as
     * long as it has its own.
     */
    CompletableFuture<Lease> takeFromAll(List<Key> keys) {
        Lease lease = new Lease(keys);
        lease.demands = true;
        Branches.take(demand.begin(), (ended, never) -> lease.advance());
        return lease.taken;
    }

    /** Lanes on their way to, or in the hands of, one call. */
    public final class Lease {
        private final CompletableFuture<Lease> taken = new CompletableFuture<>();
        private final List<Key> keys;
        private final List<CompletableFuture<Void>> ends;
        private boolean demands;

        private Lease(List<Key> keys) {
            this.keys = keys;
            this.ends = new ArrayList<>(keys.size());
        }

        private void advance() {
            while (ends.size() < keys.size()) {
                CompletableFuture<Void> mine = new CompletableFuture<>();
                @Nullable CompletableFuture<Void> before = tails.put(keys.get(ends.size()), mine);
                ends.add(mine);
                if (before != null && !before.isDone()) {
                    Branches.take(before, (opened, never) -> advance());
                    return;
                }
            }
            taken.complete(this);
        }

        /** Lets the next call in each lane go on. */
        public void release() {
            if (demands) {
                demand.end();
            }
            for (int i = 0; i < ends.size(); i++) {
                tails.remove(keys.get(i), ends.get(i));
            }
            open(ends);
        }
    }

    /**
     * Opens lanes one after the other. A call that ends as soon as it may go on releases the next: that is queued here,
     * so that releases never nest and the stack stays flat.
     */
    private void open(List<CompletableFuture<Void>> ends) {
        ArrayDeque<CompletableFuture<Void>> opening = openingHere.get();
        if (opening != null) {
            opening.addAll(ends);
            return;
        }
        ArrayDeque<CompletableFuture<Void>> mine = new ArrayDeque<>(ends);
        openingHere.set(mine);
        try {
            for (CompletableFuture<Void> end = mine.poll(); end != null; end = mine.poll()) {
                end.complete(null);
            }
        } finally {
            openingHere.remove();
        }
    }

    int size() {
        return tails.size();
    }
}
