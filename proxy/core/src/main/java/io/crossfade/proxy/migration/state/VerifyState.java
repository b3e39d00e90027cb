package io.crossfade.proxy.migration.state;

import org.jspecify.annotations.Nullable;

/**
 * What the comparisons of a migration have found.
 *
 * @param started version at which the migration began
 * @param verdict of the last run that came to its end
 * @param repairs runs that have repaired documents until now
 * @param halfway a run that has not come to its end; null if there is none
 */
public record VerifyState(
        long started,
        Verdict verdict,
        long repairs,
        @Nullable Halfway halfway) {
    private static final Verdict NEVER = new Verdict(0, 0, 0, 0, 0, 0, 0);

    /**
     * @param compared documents
     * @param different after repairs, if any were made
     * @param moving looked at several times without a quiet moment
     * @param repaired in this run
     * @param beganMillis 0: never
     * @param repairsBefore runs that had repaired documents when it began
     * @param doubted number of the latest doubt when it began and when it ended: a later one makes it void
     */
    public record Verdict(
            long compared,
            long different,
            long moving,
            long repaired,
            long beganMillis,
            long repairsBefore,
            long doubted) {}

    /** The index whose documents are gone through: the leader's are compared, of the follower's those that are too much are found. */
    public enum Side {
        LEADER,
        FOLLOWER
    }

    /**
     * How far a run has come.
     *
     * @param epoch of its route: each side's cursor is of the index that has that role then
     * @param repairing it repairs
     * @param cursor where to go on, on that side
     * @param removals documents that its repairs have taken from the follower, or set back
     * @param found so far
     */
    public record Halfway(long epoch, boolean repairing, Side side, String cursor, long removals, Verdict found) {}

    public static VerifyState none(long started) {
        return new VerifyState(started, NEVER, 0, null);
    }

    /** Records how far a run has come. */
    public VerifyState halfway(Halfway now) {
        return new VerifyState(started, verdict, repairs, now);
    }

    /** Records that a run is about to repair documents: no verdict of before that counts as clean any more. */
    public VerifyState repairing() {
        return new VerifyState(started, verdict, repairs + 1, halfway);
    }

    /** Records that a run has come to its end. */
    public VerifyState ended(Verdict found) {
        return new VerifyState(started, found, repairs, null);
    }

    /** Whether all was clean when it was compared; a doubt may have come since. */
    public boolean wasClean() {
        return isClean(verdict.doubted());
    }

    /**
     * Whether nothing differs, nothing moves, and the last run began after the last repair had ended, whatever the clocks say
     * (R25), and after the latest doubt (R36).
     *
     * @param doubted number of that doubt
     */
    public boolean isClean(long doubted) {
        return verdict.beganMillis() > 0
                && verdict.different() == 0
                && verdict.moving() == 0
                && verdict.repairsBefore() == repairs
                && verdict.doubted() == doubted;
    }
}
