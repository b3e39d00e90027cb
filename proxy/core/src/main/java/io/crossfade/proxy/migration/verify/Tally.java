package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.migration.state.VerifyState.Verdict;
import io.crossfade.proxy.model.Key;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Counts of a comparison, to which all pages add that are under way. Guarded by its own lock. */
final class Tally {
    private final Verdict begun;
    private final long mostRemovals;
    private long compared;
    private long different;
    private long moving;
    private long repaired;
    private long removals;
    private long withheld;
    private final Set<Key> leftToReplay = new LinkedHashSet<>();

    /**
     * @param begun what was counted so far
     * @param removals what repairs have taken so far
     * @param mostRemovals that a repair may take; one in a hundred of what was compared are allowed in any case
     */
    Tally(Verdict begun, long removals, long mostRemovals) {
        this.begun = begun;
        this.compared = begun.compared();
        this.different = begun.different();
        this.moving = begun.moving();
        this.repaired = begun.repaired();
        this.removals = removals;
        this.mostRemovals = mostRemovals;
    }

    synchronized void compared(long documents) {
        compared += documents;
    }

    synchronized void different(long documents) {
        different += documents;
    }

    synchronized void moving() {
        moving++;
    }

    synchronized void repaired(long documents) {
        repaired += documents;
    }

    /** Whether one more document may be taken from the follower, or set back; counts it either way. */
    synchronized boolean mayRemove() {
        if (removals >= mostRemovals()) {
            withheld++;
            return false;
        }
        removals++;
        return true;
    }

    synchronized long mostRemovals() {
        return Math.max(mostRemovals, compared / 100);
    }

    synchronized long removals() {
        return removals;
    }

    synchronized long withheld() {
        return withheld;
    }

    synchronized void leave(List<Key> keys) {
        leftToReplay.addAll(keys);
    }

    synchronized List<Key> left() {
        return List.copyOf(leftToReplay);
    }

    synchronized void lookedAtWhatWasLeft() {
        leftToReplay.clear();
    }

    synchronized Verdict verdict() {
        return new Verdict(
                compared, different, moving, repaired, begun.beganMillis(), begun.repairsBefore(), begun.doubted());
    }
}
