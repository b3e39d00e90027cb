package io.crossfade.proxy.migration.state;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far the backfill of a migration has come. Kept apart from {@link CollectionState}, because it changes often.
 *
 * @param started version at which the migration began: progress of an older one does not count
 * @param awaited the backfill has not begun, so this says only what an operator has asked of it
 * @param cursor continue here
 * @param copied documents gone through: one that could not be copied at its turn is pending or parked
 * @param total documents at the start, about; null as long as they have not been counted. What is written meanwhile may
 *     be gone through too
 * @param paused by an operator
 * @param pace documents per second; 0: as fast as live traffic allows
 */
public record CopyProgress(
        long started,
        boolean awaited,
        String cursor,
        long copied,
        boolean isDone,
        @Nullable Long total,
        boolean paused,
        double pace) {

    /** Of a backfill that has not begun, and of which nobody has asked anything. */
    public static CopyProgress awaited(long started, double pace) {
        return new CopyProgress(started, true, "", 0, false, null, false, pace);
    }

    /** The backfill begins, as an operator has asked for; unchanged if it has begun. */
    public CopyProgress begin() {
        return new CopyProgress(started, false, cursor, copied, isDone, total, paused, pace);
    }

    /** Whether the backfill has begun: no write of before the migration can land behind it any more. */
    public boolean begun() {
        return !awaited;
    }

    /** Records a checkpoint. Two runs may copy for a while, one of them from an older checkpoint: the one that is further counts. */
    public CopyProgress reached(String now, long documents, boolean done) {
        return isDone || (!done && documents < copied)
                ? this
                : new CopyProgress(started, awaited, now, documents, done, total, paused, pace);
    }

    public CopyProgress total(long counted) {
        return new CopyProgress(started, awaited, cursor, copied, isDone, counted, paused, pace);
    }

    public CopyProgress paused(boolean now) {
        return new CopyProgress(started, awaited, cursor, copied, isDone, total, now, pace);
    }

    public CopyProgress pace(double now) {
        return new CopyProgress(started, awaited, cursor, copied, isDone, total, paused, now);
    }

    /** About how many are still to be gone through; empty if that is not known, as when they are more than were counted. */
    public OptionalLong left() {
        return total == null || total <= copied ? OptionalLong.empty() : OptionalLong.of(total - copied);
    }

    /** Whether documents are being copied. */
    public boolean isRunning() {
        return begun() && !paused && !isDone;
    }
}
