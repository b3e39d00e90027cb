package io.crossfade.proxy.collection;

import io.crossfade.proxy.model.Key;
import java.util.List;

/** One result per write, in order. */
public record WriteReply(List<Result> results, long epoch) {
    /**
     * @param version 0 outside a migration
     * @param error "" if there is nothing to say
     * @param reEmbedded a metadata update changed the embedded text
     */
    public record Result(Key key, long version, Leader leader, Follower follower, String error, boolean reEmbedded) {}

    /** What the index that decides said. */
    public enum Leader {
        APPLIED,
        NOT_FOUND,
        FAILED,
        UNKNOWN,
        /** Can never be applied as it is. */
        REJECTED,
        /** Matches the filter of the call no more, or is not what its vectors were made of, and was left as it is. */
        NOT_MATCHED
    }

    /** Where the other index stands. */
    public enum Follower {
        /** There is none. */
        NONE,
        APPLIED,
        /** Durably noted. */
        PENDING,
        PARKED
    }
}
