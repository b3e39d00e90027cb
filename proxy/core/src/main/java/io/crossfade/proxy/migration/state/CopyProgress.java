package io.crossfade.proxy.migration.state;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far the backfill of a migration has come. Kept apart from {@link CollectionState}, because it changes often.
 *
 * @param started version at which the migration began: progress of an older one does not count
 * @param awaited the backfill has not begun, so this says only what an operator has asked of it
 * @param total documents at the start, about; null as long as they have not been counted. What is written meanwhile may
 *     be gone through too
 * @param paused by an operator
 * @param pace documents per second; 0: as fast as live traffic allows
 */
public record CopyProgress(
        long started,
        boolean awaited,
        List<SliceProgress> slices,
        @Nullable Long total,
        boolean paused,
        double pace) {
    public CopyProgress {
        slices = List.copyOf(slices);
        if (slices.isEmpty()) {
            throw new IllegalArgumentException("slices: none (expected: at least 1, or all would be done)");
        }
    }

    /**
     * @param cursor continue here
     * @param copied documents gone through: one that could not be copied at its turn is pending or parked
     */
    public record SliceProgress(String cursor, long copied, boolean done) {}

    /** Of a backfill that has not begun, and of which nobody has asked anything. */
    public static CopyProgress awaited(long started, int slices, double pace) {
        List<SliceProgress> fresh = new ArrayList<>();
        for (int i = 0; i < slices; i++) {
            fresh.add(new SliceProgress("", 0, false));
        }
        return new CopyProgress(started, true, fresh, null, false, pace);
    }

    /** The backfill begins, as an operator has asked for; unchanged if it has begun. */
    public CopyProgress begin() {
        return new CopyProgress(started, false, slices, total, paused, pace);
    }

    /** Whether the backfill has begun: no write of before the migration can land behind it any more. */
    public boolean begun() {
        return !awaited;
    }

    /**
     * Records the progress of a slice. Two runs may copy it for a while, one of them from an older checkpoint: the one
     * that is further counts.
     */
    public CopyProgress slice(int index, SliceProgress progress) {
        SliceProgress before = slices.get(index);
        if (before.done() || (!progress.done() && progress.copied() < before.copied())) {
            return this;
        }
        List<SliceProgress> next = new ArrayList<>(slices);
        next.set(index, progress);
        return new CopyProgress(started, awaited, next, total, paused, pace);
    }

    public CopyProgress total(long counted) {
        return new CopyProgress(started, awaited, slices, counted, paused, pace);
    }

    public CopyProgress paused(boolean now) {
        return new CopyProgress(started, awaited, slices, total, now, pace);
    }

    public CopyProgress pace(double now) {
        return new CopyProgress(started, awaited, slices, total, paused, now);
    }

    public long copied() {
        return slices.stream().mapToLong(SliceProgress::copied).sum();
    }

    /** About how many are still to be gone through; empty if that is not known, as when they are more than were counted. */
    public OptionalLong left() {
        return total == null || total <= copied() ? OptionalLong.empty() : OptionalLong.of(total - copied());
    }

    /** Whether documents are being copied. */
    public boolean isRunning() {
        return begun() && !paused && !isDone();
    }

    public boolean isDone() {
        return slices.stream().allMatch(SliceProgress::done);
    }
}
