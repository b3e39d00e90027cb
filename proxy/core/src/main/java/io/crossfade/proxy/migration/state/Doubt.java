package io.crossfade.proxy.migration.state;

/**
 * What may be wrong, since a known point, until both indexes have been compared. Doubts are numbered: whatever was found
 * out before one (a verdict, what a reconcile has read, an agreement to a step) does not count after it.
 *
 * @param number later ones have higher numbers
 * @param about an index by its name; for a fence, the member
 * @param since version of the first write that may be missing; 0: any
 * @param found what gave rise to it, for people
 */
public record Doubt(long number, Kind kind, String about, long since, String found) {
    /** What is in doubt, and who can end it. */
    public enum Kind {
        /** A member was put out, because it is lost for good: what it knew to be pending went with it (R20). */
        FENCED,
        /** Another index answers under that name, or an empty one: nothing is sent there until an operator accepts it. */
        INDEX_REPLACED,
        /** The index lacks what it had: it was restored from a copy, or lost writes. */
        INDEX_WENT_BACK,
        /** The index leads although acked writes are on the other one only: an operator has gone back to it by name. */
        LEFT_BEHIND,
        /** An operator has said what is to stand on it: only the comparison is missing. */
        UNCOMPARED;

        /** Whether the index that it is about may lack what was acked. */
        public boolean isLoss() {
            return switch (this) {
                case INDEX_REPLACED, INDEX_WENT_BACK, LEFT_BEHIND -> true;
                case FENCED, UNCOMPARED -> false;
            };
        }
    }
}
