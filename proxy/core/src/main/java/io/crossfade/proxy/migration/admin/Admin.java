package io.crossfade.proxy.migration.admin;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.migration.recover.Recovered;
import io.crossfade.proxy.migration.recover.Recovery;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.verify.Verifier;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.write.journal.ParkedRecord;
import io.crossfade.proxy.write.journal.Pending;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What operators can do with one collection's migration, in model terms. What is refused is refused by a
 * {@link io.crossfade.proxy.collection.CallException}, thrown or in the future; the failures of indexes and of the
 * control store come as they are.
 */
public interface Admin {
    /** Answers from memory, waiting for nothing. */
    CompletableFuture<Status> status();

    /** Goes from SINGLE to MIRRORING, or, as a dry run, says what that would take and what stands in its way. */
    CompletableFuture<Started> start(StartRequest request);

    CompletableFuture<Void> pauseBackfill(boolean paused);

    CompletableFuture<Void> setPace(double documentsPerSecond);

    /**
     * Runs a comparison; the listener hears of its progress.
     *
     * @param removals documents of a slice that a repair may take from the follower, or set back to an older version,
     *     beyond what the settings allow
     */
    CompletableFuture<VerifyState> verify(boolean repair, long removals, boolean restart, Verifier.Listener listener);

    CompletableFuture<Reconciler.Result> reconcile(List<Key> keys);

    List<Pending> pending(int limit);

    List<ParkedRecord> parked(int limit);

    /** Reconciles parked documents again, all of them for an empty list; completes with how many were tried. */
    CompletableFuture<Integer> retryParked(List<Key> keys);

    CompletableFuture<Integer> waiveParked(Map<Key, Long> versions);

    /** Sets the share of queries that the follower is asked too, from 0 to 1. */
    void setShadowReads(double share);

    /** Goes from MIRRORING to REVERSED: moves the reads to the migration index. */
    CompletableFuture<Stepped> flip(StepRequest request);

    /** Goes from REVERSED to MIRRORING: moves the reads back to the primary. */
    CompletableFuture<Stepped> rollback(StepRequest request);

    /** Goes from REVERSED to SINGLE on the migration index. */
    CompletableFuture<Stepped> complete(StepRequest request);

    /** Goes from MIRRORING to SINGLE on the primary. */
    CompletableFuture<Stepped> abort(StepRequest request);

    /**
     * Brings back to the leader what it has lost and the follower still has, or, as a dry run, counts it. Only while the
     * leader is in doubt. Both indexes have to be compared afterwards.
     *
     * @param removes remove from the leader what the follower does not have and no pending write has brought; only if
     *     both were found equal before
     * @param listener hears how far it has come
     */
    CompletableFuture<Recovered> recover(boolean dryRun, boolean removes, Recovery.Listener listener);

    /**
     * Makes what is there now on an index that is in doubt what is meant: another index under its name, or one that has
     * lost documents. If it is the one that leads, what it has lost may be removed from the other one when both are
     * compared with repair.
     */
    CompletableFuture<Void> accept(String index, String reason);

    /**
     * Takes what migrations have kept beside the documents of an index away, and what is noted on the index itself if it
     * does not serve, but that the collection has moved away. Not during a migration.
     *
     * @param documentsPerSecond that are gone through; 0: as fast as it goes
     * @param listener hears how far it has come
     */
    CompletableFuture<Cleaned> clean(String index, double documentsPerSecond, Cleaning.Listener listener);

    Status.Breaker breaker();

    /** Opens the breaker until it is reset. */
    Status.Breaker tripBreaker();

    Status.Breaker resetBreaker();

    /**
     * @param modes by vector field; a field without one is carried where both indexes have one space, else embedded
     */
    record StartRequest(String toIndex, Map<String, Mode> modes, boolean dryRun, Optional<Long> expectedEpoch) {}

    /** How a vector field gets to the new index. */
    enum Mode {
        CARRY,
        EMBED
    }

    /**
     * @param estimate only of a dry run
     */
    record Started(long epoch, Optional<Estimate> estimate, List<Blocker> blockers) {}

    /**
     * @param dryRun only list the blockers
     * @param leavesBehind of a rollback: goes back although acked writes are only on the index that is left
     */
    record StepRequest(Optional<Long> expectedEpoch, boolean dryRun, String reason, boolean leavesBehind) {}

    /**
     * @param held how long new writes were held
     */
    record Stepped(Phase phase, long epoch, List<Blocker> blockers, Duration took, Duration held) {}
}
