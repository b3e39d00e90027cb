package io.crossfade.proxy.demo.report;

import java.util.Arrays;

/**
 * Of a number of calls, in milliseconds.
 *
 * @param calls how many there were
 */
public record Percentiles(double p50, double p99, int calls) {
    private static final double MICROS_PER_MILLI = 1_000;
    private static final double P50 = 0.50;
    private static final double P99 = 0.99;

    public static Percentiles of(long[] micros) {
        long[] sorted = micros.clone();
        Arrays.sort(sorted);
        return new Percentiles(at(sorted, P50), at(sorted, P99), sorted.length);
    }

    /** The smallest value that at least this share of them does not exceed. */
    private static double at(long[] sorted, double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(0, rank - 1)] / MICROS_PER_MILLI;
    }
}
