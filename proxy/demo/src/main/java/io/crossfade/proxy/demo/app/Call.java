package io.crossfade.proxy.demo.app;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call the app made, as it saw it after the client's ordinary retries.
 *
 * @param at when it began, milliseconds since 1970
 * @param micros how long it took, retries included
 * @param again how often it was made again, under a new id, because nobody knew whether it had been done
 * @param error why it failed, else null
 * @param stale what a read showed that an acked write had already replaced, else null
 * @param writes one per document; empty for a read
 */
public record Call(
        long at,
        long micros,
        Operation operation,
        int again,
        @Nullable String error,
        @Nullable String stale,
        List<Write> writes) {
    /** What an app does with a collection. */
    public enum Operation {
        /** Nothing: somebody else has written the document, before the app was there. */
        FOUND,
        LOAD,
        UPSERT,
        EDIT,
        METADATA,
        DELETE,
        FETCH,
        QUERY;

        /** Whether it changes documents. */
        public boolean isWrite() {
            return this != FETCH && this != QUERY;
        }
    }

    /**
     * One document of a write.
     *
     * @param entry what it was to become; null: deleted
     */
    public record Write(String id, @Nullable Entry entry, Outcome outcome) {}

    /** What the app knows about a write. */
    public enum Outcome {
        ACKED,
        /** Refused: it has no effect. */
        REFUSED,
        /** May or may not have an effect, now or later. The app leaves the document alone from here on. */
        UNKNOWN
    }

    public Call {
        writes = List.copyOf(writes);
    }

    public boolean failed() {
        return error != null;
    }

    public long ackedWrites() {
        return writes.stream().filter(write -> write.outcome() == Outcome.ACKED).count();
    }
}
