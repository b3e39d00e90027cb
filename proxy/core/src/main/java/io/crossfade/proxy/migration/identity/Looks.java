package io.crossfade.proxy.migration.identity;

import io.crossfade.proxy.time.Time;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts what was found of both indexes since the process began. Safe for use by many threads. */
public final class Looks {
    private final Time time;
    private final AtomicLongArray found = new AtomicLongArray(Vouch.Kind.values().length);
    private final Map<String, Long> alikeNanos = new ConcurrentHashMap<>();

    Looks(Time time) {
        this.time = time;
    }

    void found(String index, Vouch vouch) {
        found.incrementAndGet(vouch.kind().ordinal());
        if (vouch.isSame()) {
            alikeNanos.put(index, time.nanos());
        } else {
            alikeNanos.putIfAbsent(index, time.nanos());
        }
    }

    /**
     * What it has come to.
     *
     * @param found how often each was found
     * @param unvouchedSeconds since the index that was not found alike for longest was; 0 without a migration
     */
    public record Report(Map<Vouch.Kind, Long> found, double unvouchedSeconds) {
        /** Nobody has looked. */
        public static final Report NONE = new Report(Map.of(), 0);

        public Report {
            found = Map.copyOf(found);
        }

        public long count(Vouch.Kind kind) {
            return found.getOrDefault(kind, 0L);
        }
    }

    public Report report() {
        Map<Vouch.Kind, Long> counts = new EnumMap<>(Vouch.Kind.class);
        for (Vouch.Kind kind : Vouch.Kind.values()) {
            counts.put(kind, found.get(kind.ordinal()));
        }
        return new Report(counts, longest(alikeNanos.values()));
    }

    private double longest(Collection<Long> alike) {
        long now = time.nanos();
        return alike.stream().mapToLong(nanos -> now - nanos).max().orElse(0) / 1e9;
    }
}
