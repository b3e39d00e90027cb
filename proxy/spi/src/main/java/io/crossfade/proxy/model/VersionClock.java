package io.crossfade.proxy.model;

import io.crossfade.proxy.time.Time;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): 48 bits of wall-clock milliseconds, 16 bits
 * of counter. Grows even when the wall clock does not, and above every version it has seen (R14). Lock-free.
 */
public final class VersionClock {
    private static final int COUNTER_BITS = 16;

    private final Time time;
    private final AtomicLong last;

    /**
     * @param highest version that was ever issued or seen before
     */
    public VersionClock(Time time, long highest) {
        this.time = time;
        this.last = new AtomicLong(highest);
    }

    /** A version above all before. */
    public long next() {
        long wall = time.wallMillis() << COUNTER_BITS;
        return last.updateAndGet(previous -> Math.max(previous + 1, wall));
    }

    /** Makes all versions from now on higher than this one. */
    public void observe(long version) {
        last.accumulateAndGet(version, Math::max);
    }

    public long last() {
        return last.get();
    }

    /** The wall-clock part of a version, in milliseconds since 1970. */
    public static long millis(long version) {
        return version >>> COUNTER_BITS;
    }

    /** The lowest version of that millisecond. */
    public static long atMillis(long millis) {
        return millis << COUNTER_BITS;
    }
}
