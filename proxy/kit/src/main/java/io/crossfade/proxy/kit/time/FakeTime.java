package io.crossfade.proxy.kit.time;

import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test advances it. Timers run on the thread that advances, in order of their due time
 * (of equal ones: the order in which they were set), each at exactly its time. Safe for use by many threads.
 */
public final class FakeTime implements Time {
    private static final long WALL_START_MILLIS = 1_750_000_000_000L;

    private final TreeSet<FakeTimer> timers = new TreeSet<>();
    private long nanos;
    private long wallOffsetMillis = WALL_START_MILLIS;
    private long lastSequence;

    /** Whatever takes so many steps without any time is a circle. */
    private static final int MOST_AT_ONCE = 100_000;

    @Override
    public synchronized long wallMillis() {
        return wallOffsetMillis + nanos / 1_000_000;
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized Timer after(Duration delay, Runnable task) {
        FakeTimer timer = new FakeTimer(nanos + Math.max(0, delay.toNanos()), ++lastSequence, task);
        timers.add(timer);
        return () -> cancel(timer);
    }

    /** Lets the duration pass; timers that fall due run here, and so do those that they set within it. */
    public void advance(Duration duration) {
        long end = nanos() + duration.toNanos();
        long now = nanos();
        int atOnce = 0;
        for (FakeTimer due = takeDue(end); due != null; due = takeDue(end)) {
            atOnce = nanos() == now ? atOnce + 1 : 0;
            now = nanos();
            if (atOnce > MOST_AT_ONCE) {
                throw new IllegalStateException("time stands still: " + atOnce + " tasks at " + now + " ns");
            }
            due.task.run();
        }
        setNanos(end);
    }

    /** Moves the wall clock alone, forwards or back, as an operator or NTP does. */
    public synchronized void jumpWall(Duration by) {
        wallOffsetMillis += by.toMillis();
    }

    /** How many timers wait. */
    public synchronized int pendingTimers() {
        return timers.size();
    }

    private synchronized void cancel(FakeTimer timer) {
        timers.remove(timer);
    }

    private synchronized @Nullable FakeTimer takeDue(long end) {
        FakeTimer first = timers.isEmpty() ? null : timers.first();
        if (first == null || first.due > end) {
            return null;
        }
        nanos = Math.max(nanos, first.due);
        return timers.pollFirst();
    }

    private synchronized void setNanos(long end) {
        nanos = Math.max(nanos, end);
    }

    private record FakeTimer(long due, long sequence, Runnable task) implements Comparable<FakeTimer> {
        @Override
        public int compareTo(FakeTimer other) {
            return due == other.due ? Long.compare(sequence, other.sequence) : Long.compare(due, other.due);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof FakeTimer timer && timer.sequence == sequence;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(sequence);
        }
    }
}
