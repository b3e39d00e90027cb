package io.crossfade.proxy.collection;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that stands in the way of a step.
 *
 * @param detail what it is now and what it must be
 * @param member whose; "" for the whole fleet
 */
public record Blocker(Code code, String detail, String member) {
    /** What kind of thing it is. The API says of each which steps it blocks, and what helps. */
    public enum Code {
        /** The history has not been copied to the end. */
        BACKFILL_INCOMPLETE,
        /** There is no clean comparison of everything that is newer than the last repair. */
        NOT_VERIFIED,
        /** Shadow reads overlap too little. */
        OVERLAP_TOO_LOW,
        /** Records of pending writes were lost. */
        DIRTY_RANGE,
        /** An index does not answer, so that nobody knows whether it is still the one that it was. */
        INDEX_UNVOUCHED,
        /** Another index answers under the name of one that takes part, or an empty one. */
        INDEX_REPLACED,
        /** An index lacks what it had: it was restored from a copy, or has lost writes. */
        INDEX_WENT_BACK,
        /** The index that leads lacks what it had: the other one may have the last copy. */
        LEADER_LOST,
        /** An operator has said what is to stand on an index; both have not been compared since. */
        NOT_COMPARED,
        /** A repair would remove more documents than an operator has allowed. */
        MASS_DELETE,
        /** A member was lost, and with it what it knew to be pending. */
        FENCED,
        /** A document has been pending for too long. */
        PENDING_TOO_OLD,
        /** Documents are parked that have not been waived. */
        PARKED,
        /** The breaker in front of the follower is not closed. */
        BREAKER_NOT_CLOSED,
        /** A member has not yet applied the present epoch. */
        MEMBER_BEHIND,
        /** Clients write or query without vectors that nobody else can make. */
        NOT_FED,
        /** A member did not answer in time. */
        MEMBER_SILENT,
        /** A member refuses the step. */
        MEMBER_DISAGREES,
        /** An embedded index cannot be shared by several sidecars. */
        EMBEDDED_INDEX,
        /** The migration index belongs to another collection, or sidecars with another control store use one of both. */
        INDEX_TAKEN,
        /** The migration index holds documents that no migration of this collection wrote. */
        INDEX_NOT_EMPTY,
        /** Applications use filters that the index which is to serve would refuse. */
        QUERY_REFUSED,
        /** The index that leads bears notes of a Crossfade in front: a migration would leave them behind. */
        INDEX_BEARS_NOTES;

        /**
         * Whether it says no more than that the index that follows may lack acked writes, so that a rollback may leave
         * them behind, by name: what would mend it needs the index that leads.
         */
        public boolean isAboutWritesLeftBehind() {
            return switch (this) {
                case DIRTY_RANGE, PENDING_TOO_OLD, PARKED, FENCED, NOT_COMPARED -> true;
                default -> false;
            };
        }
    }

    public static Blocker of(Code code, String detail) {
        return new Blocker(code, detail, "");
    }

    static String summary(List<Blocker> blockers) {
        return blockers.stream()
                .map(blocker -> blocker.code() + ": " + blocker.detail())
                .collect(Collectors.joining("; "));
    }
}
