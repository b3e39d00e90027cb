package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import java.util.List;

/**
 * A key of which marks are open, at one moment.
 *
 * @param openedNanos of the oldest mark
 * @param kind of the oldest mark
 * @param running requests of its marks are still awaited
 * @param unsettledNanos how long requests that were not answered may still take effect
 * @param failure why the last reconcile failed; empty if none has
 */
public record Pending(
        Key key,
        long openedNanos,
        int openMarks,
        MarkRecord.Kind kind,
        boolean running,
        long unsettledNanos,
        String failure) {
    /**
     * @param marks of one key
     */
    static Pending of(List<Mark> marks, long now) {
        Mark oldest = Marks.oldestOf(marks);
        String failure = oldest.failure();
        long settled = marks.stream()
                .filter(mark -> !mark.isRunning())
                .mapToLong(Mark::settledNanos)
                .max()
                .orElse(now);
        return new Pending(
                oldest.key(),
                oldest.openedNanos(),
                marks.size(),
                oldest.record().kind(),
                marks.stream().anyMatch(Mark::isRunning),
                Math.max(0, settled - now),
                failure == null ? "" : failure);
    }

    /** What opened the oldest mark, and what a reconcile waits for. */
    public String reason() {
        return failure.isEmpty() ? waitsFor() : waitsFor() + "; " + failure;
    }

    private String waitsFor() {
        if (running) {
            return kind + ", running";
        }
        return unsettledNanos > 0
                ? kind + ", a request without an answer may land for another " + unsettledNanos / 1_000_000 + " ms"
                : kind.toString();
    }
}
