package io.crossfade.client;

/**
 * What became of one document of a write.
 *
 * @param version 0 outside a migration
 * @param error why the leader did not apply it; "" if there is nothing to say
 * @param reEmbedded a metadata update changed the embedded text, so the vector was made anew
 */
public record WriteResult(Key key, long version, Leader leader, Follower follower, String error, boolean reEmbedded) {
    /** What the index that decides said. */
    public enum Leader {
        APPLIED,
        /** There was no such document to change or delete. */
        NOT_FOUND,
        /**
         * Not applied by the index that leads; trying again may help. After a flip the old index may have applied it: that is
         * undone, unless the reads go back to it first.
         */
        FAILED,
        /** May have been applied. */
        UNKNOWN,
        /** Not applied by the index that leads, which can never take it as it is. After a flip, as with {@link #FAILED}. */
        REJECTED,
        /** By filter only: the document matched when it was found, and no more when it was to be written. Not touched. */
        NOT_MATCHED
    }

    /** Where the other index of a migration stands. */
    public enum Follower {
        /** There is none. */
        NONE,
        APPLIED,
        /** Durably noted; will be applied. */
        PENDING,
        /** Cannot be applied as it is; an operator sees it listed. */
        PARKED
    }

    static WriteResult of(io.crossfade.v1.WriteResult proto) {
        return new WriteResult(
                Key.of(proto.getKey()),
                proto.getVersion(),
                leader(proto.getLeader()),
                follower(proto.getFollower()),
                proto.getError(),
                proto.getReEmbedded());
    }

    public boolean applied() {
        return leader == Leader.APPLIED;
    }

    private static Leader leader(io.crossfade.v1.WriteResult.Leader proto) {
        return switch (proto) {
            case LEADER_APPLIED -> Leader.APPLIED;
            case LEADER_NOT_FOUND -> Leader.NOT_FOUND;
            case LEADER_FAILED -> Leader.FAILED;
            case LEADER_REJECTED -> Leader.REJECTED;
            case LEADER_NOT_MATCHED -> Leader.NOT_MATCHED;
            case LEADER_UNKNOWN, LEADER_UNSPECIFIED, UNRECOGNIZED -> Leader.UNKNOWN;
        };
    }

    private static Follower follower(io.crossfade.v1.WriteResult.Follower proto) {
        return switch (proto) {
            case FOLLOWER_APPLIED -> Follower.APPLIED;
            case FOLLOWER_PENDING -> Follower.PENDING;
            case FOLLOWER_PARKED -> Follower.PARKED;
            case FOLLOWER_NONE, FOLLOWER_UNSPECIFIED, UNRECOGNIZED -> Follower.NONE;
        };
    }
}
