package io.crossfade.proxy.terminal;

import java.util.Locale;

/** Writes numbers as people read them. */
public final class Quantity {
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int SECONDS_PER_HOUR = 3_600;
    private static final int BAR_WIDTH = 20;

    private Quantity() {}

    /** A count, such as {@code 12,345}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** A rate, such as {@code 12,345/s}. */
    public static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 10 ? "%.1f/s" : "%,.0f/s", perSecond);
    }

    /** A duration, such as {@code 850 ms}, {@code 4.2 s}, {@code 3:07 min} or {@code 2:03 h}. */
    public static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (seconds < 1) {
            return Math.round(seconds * 1_000) + " ms";
        } else if (whole < SECONDS_PER_MINUTE) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
        } else if (whole < SECONDS_PER_HOUR) {
            return String.format(Locale.ROOT, "%d:%02d min", whole / SECONDS_PER_MINUTE, whole % SECONDS_PER_MINUTE);
        }
        long minutes = whole / SECONDS_PER_MINUTE;
        return String.format(Locale.ROOT, "%d:%02d h", minutes / SECONDS_PER_MINUTE, minutes % SECONDS_PER_MINUTE);
    }

    /**
     * A share as a bar 20 wide: {@code ######------}.
     *
     * @param share 0 to 1
     */
    public static String bar(double share) {
        int full = (int) Math.round(Math.max(0, Math.min(1, share)) * BAR_WIDTH);
        return "#".repeat(full) + "-".repeat(BAR_WIDTH - full);
    }
}
