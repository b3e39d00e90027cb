package io.crossfade.proxy.model;

import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): 48 bits of wall-clock milliseconds, 7 bits of
 * counter, 9 bits of the slot of whoever gives the version, so that no two members give the same one (R33). Grows even when
 * the wall clock does not, and above every version it has seen (R14). Lock-free.
 */
public final class VersionClock {
    /** How many slots there are. */
    public static final int SLOTS = 1 << 9;

    private static final int BELOW_MILLIS = 16;

    private final Time time;
    private final AtomicLong last;
    private volatile int slot;

    /**
     * @param highest version that was ever issued or seen before
     */
    public VersionClock(Time time, long highest) {
        this.time = time;
        this.last = new AtomicLong(highest);
    }

    /**
     * Sets whose versions are given from now on.
     *
     * @param number 0 to {@link #SLOTS} - 1, of nobody else
     */
    public void slot(int number) {
        slot = number;
    }

    /** A version above all before. */
    public long next() {
        long mine = slot;
        long wall = time.wallMillis() << BELOW_MILLIS;
        return last.updateAndGet(previous -> Math.max(above(previous), wall) | mine);
    }

    /** The lowest version of slot 0 above another. */
    private static long above(long version) {
        return (version | (SLOTS - 1)) + 1;
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
        return version >>> BELOW_MILLIS;
    }

    /** What is above all that a clock gives in so long a time after this version, as long as nobody sets it. */
    public static long later(long version, Duration after) {
        return version + (after.toMillis() << BELOW_MILLIS);
    }

    /** The lowest version of that millisecond. */
    public static long atMillis(long millis) {
        return millis << BELOW_MILLIS;
    }
}
