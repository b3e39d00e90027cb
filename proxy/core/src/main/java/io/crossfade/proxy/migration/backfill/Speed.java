package io.crossfade.proxy.migration.backfill;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How fast a copy goes: between the last two looks that found it further, a second apart at least, and slower the longer
 * the next one is awaited. Unknown before the first.
 *
 * @param copied documents at the last of these looks
 * @param nanos when that was
 * @param documents between these looks
 * @param took nanoseconds between them; 0 before the first
 */
record Speed(long copied, long nanos, long documents, long took) {
    private static final long LEAST_NANOS = Duration.ofSeconds(1).toNanos();
    private static final double NANOS_PER_SECOND = 1e9;

    /** Of a copy that begins, or goes on, at this moment. */
    static Speed from(long copied, long nanos) {
        return new Speed(copied, nanos, 0, 0);
    }

    Speed at(long copiedNow, long now) {
        return copiedNow <= copied || now - nanos < LEAST_NANOS
                ? this
                : new Speed(copiedNow, now, copiedNow - copied, now - nanos);
    }

    /** Documents per second; empty if that is not known yet. */
    OptionalDouble perSecond(long now) {
        return took == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(documents * NANOS_PER_SECOND / Math.max(took, now - nanos));
    }
}
