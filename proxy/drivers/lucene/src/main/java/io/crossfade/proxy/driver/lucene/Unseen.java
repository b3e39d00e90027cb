package io.crossfade.proxy.driver.lucene;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Documents whose newest state no searcher shows yet. What {@link #all} misses, a searcher that is acquired after the
 * call shows: a change enters before its write is acknowledged, and leaves after the refresh that made it visible. Safe
 * for use by many threads.
 */
final class Unseen {
    private final ConcurrentMap<Long, Change> byOrdinal = new ConcurrentHashMap<>();

    void add(Collection<Change> changes) {
        for (Change change : changes) {
            byOrdinal.merge(change.ordinal(), change, (earlier, later) -> later.after(earlier));
        }
    }

    /** Notes that a searcher shows everything up to this sequence. */
    void seen(long sequence) {
        byOrdinal.values().removeIf(change -> change.sequence() <= sequence);
    }

    int size() {
        return byOrdinal.size();
    }

    /** All unseen changes; to be called before a searcher is acquired. */
    List<Change> all() {
        return List.copyOf(byOrdinal.values());
    }
}
