package io.crossfade.proxy.write;

import io.crossfade.proxy.time.Time;
import java.time.Duration;

/**
 * Exponentially smoothed latency of applications' writes, over the last few and over the last many, which tells whether
 * they have become slower. As long as there were few, each counts the same: the first one stands for no other. Once nobody has written for a while nobody is slow: what came last does not count for ever.
 * Lossy: of updates that race, one counts.
 */
public final class LiveLatency {
    private static final double RECENT = 0.1;
    private static final double USUAL = 0.002;
    private static final Duration COUNTS_FOR = Duration.ofSeconds(10);

    private final Time time;
    private volatile long lastNanos;
    private volatile long count;
    private volatile double recent;
    private volatile double usual;

    public LiveLatency(Time time) {
        this.time = time;
    }

    /** A write that began then has been answered. */
    void record(long beganNanos) {
        long now = time.nanos();
        long nanos = now - beganNanos;
        lastNanos = now;
        double took = Math.max(1, nanos); // 0 stands for nothing
        count++;
        recent += Math.max(RECENT, 1.0 / count) * (took - recent);
        usual += Math.max(USUAL, 1.0 / count) * (took - usual);
    }

    /** How many times slower than usual writes are; 1 if nothing was written yet, or nothing was of late. */
    public double pressure() {
        boolean isIdle = usual == 0 || time.nanos() - lastNanos > COUNTS_FOR.toNanos();
        return isIdle ? 1 : recent / usual;
    }
}
