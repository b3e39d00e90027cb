package io.crossfade.proxy.migration.admin;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.migration.flip.Doubts;
import io.crossfade.proxy.migration.identity.Looks;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.proxy.write.journal.DirtyRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Where a collection stands, as this member sees it.
 *
 * @param backfillProblem what keeps the backfill from beginning or going on
 * @param documentsPerSecond that are copied; empty if none are, or if that is not known yet
 * @param blockers what stands in the way of a flip (in MIRRORING) or a rollback (in REVERSED)
 */
public record Status(
        String collection,
        CollectionState state,
        Optional<CopyProgress> backfill,
        Optional<String> backfillProblem,
        OptionalDouble documentsPerSecond,
        double pace,
        Optional<VerifyState> verify,
        ShadowReads.Report shadow,
        Local local,
        List<Blocker> blockers) {

    /** What is in doubt, whether it is in the way of the next step or not. */
    public List<Blocker> doubts() {
        return state.doubts().stream()
                .map(doubt -> Doubts.blocker(doubt, doubt.about().equals(state.serving())))
                .toList();
    }

    /**
     * What only this member knows.
     *
     * @param parked all documents that are set aside
     * @param unwaived those of them that block a flip
     * @param looks what was found of both indexes
     */
    public record Local(
            String member,
            long appliedEpoch,
            long pendingKeys,
            double oldestPendingSeconds,
            long parked,
            long unwaived,
            long journalBytes,
            Optional<DirtyRange> dirty,
            Breaker breaker,
            long callsInFlight,
            Held held,
            Looks.Report looks) {}

    /**
     * Writes that waited while reads moved.
     *
     * @param writes that wait now
     * @param seconds how long the gate has been shut in all, since this process began
     * @param releasedEarly how often it was opened because {@code flip.max_hold} was over, although a member had not
     * followed yet
     */
    public record Held(long writes, double seconds, long releasedEarly) {
        public static final Held NONE = new Held(0, 0, 0);
    }

    /**
     * The circuit breaker in front of the follower.
     *
     * @param state CLOSED without a migration
     * @param failureRate percent of the last calls; 0 while there are too few
     * @param sent documents that were let through to the follower, by live writes, replay, backfill and repair
     */
    public record Breaker(State state, double failureRate, double slowRate, long rejected, long sent) {
        static final Breaker NONE = new Breaker(State.CLOSED, 0, 0, 0, 0);

        /** How far requests are let through. */
        public enum State {
            CLOSED,
            OPEN,
            /** A few requests are let through, to try the follower. */
            HALF_OPEN,
            /** No request is let through until an operator resets the breaker. */
            FORCED_OPEN
        }
    }
}
