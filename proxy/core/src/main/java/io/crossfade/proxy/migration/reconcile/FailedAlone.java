package io.crossfade.proxy.migration.reconcile;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.crossfade.proxy.model.Key;
import java.util.Comparator;

/**
 * Documents whose text the model failed on when it was asked for that alone, and in which run. Where it fails on several, and the rest
 * of a batch is given up untried, the next run tries that rest first. Of more than it has room for it forgets some: those count as
 * untried. Thread-safe.
 */
public final class FailedAlone {
    private static final int MOST = 10_000;
    private static final Long NEVER = 0L;

    private final Cache<Key, Long> runs =
            Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    /** In run number {@code run}, which is above 0 and grows. */
    void add(Key key, long run) {
        runs.put(key, run);
    }

    void remove(Key key) {
        runs.invalidate(key);
    }

    /** Those that never failed alone first, then those that did so longest ago. */
    Comparator<Key> untriedFirst() {
        return Comparator.comparing(key -> runs.asMap().getOrDefault(key, NEVER));
    }
}
