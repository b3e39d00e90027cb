package io.crossfade.proxy.migration.flip;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Walks through the phases of a flip or a rollback, and back to where it came from if the reads cannot be moved in
 * time. Only the step between SEALED and SWITCHED moves the reads, and needs every mark closed; the one before it makes
 * sure that from then on no ack is given for less than both indexes.
 *
 * <p>After a step that failed the record says where the walk stands: a step may have been taken although nobody heard of
 * it, and somebody else may have taken one.
 */
public final class Flips {
    private static final Logger LOG = LoggerFactory.getLogger(Flips.class);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
    private static final Duration BETWEEN_WAYS_HOME = Duration.ofSeconds(1);

    private final String collection;
    private final Stepper stepper;
    private final Time time;
    private final Duration sealedLimit;

    public Flips(String collection, Stepper stepper, Time time, Duration sealedLimit) {
        this.collection = collection;
        this.stepper = stepper;
        this.time = time;
        this.sealedLimit = sealedLimit;
    }

    /** Walks from MIRRORING through SEALED and SWITCHED to REVERSED. */
    public CompletableFuture<CollectionState> forward(Optional<Long> expectedEpoch, String reason) {
        return new Walk(Phase.MIRRORING, Phase.SEALED, Phase.SWITCHED, Phase.REVERSED, reason, false)
                .begin(expectedEpoch);
    }

    /**
     * Walks from REVERSED through SWITCHED and SEALED to MIRRORING.
     *
     * @param leavesBehind as in {@link CollectionState.Step}
     */
    public CompletableFuture<CollectionState> backward(
            Optional<Long> expectedEpoch, String reason, boolean leavesBehind) {
        return new Walk(Phase.REVERSED, Phase.SWITCHED, Phase.SEALED, Phase.MIRRORING, reason, leavesBehind)
                .begin(expectedEpoch);
    }

    /**
     * One walk from {@code start} to {@code end}. The reads move between {@code near} and {@code far}. It gives up after
     * two thirds of the limit, so that it can step back by itself before the members do.
     */
    private final class Walk {
        private final Phase start;
        private final Phase near;
        private final Phase far;
        private final Phase end;
        private final String reason;
        private final boolean leavesBehind;
        private final long deadline;

        Walk(Phase start, Phase near, Phase far, Phase end, String reason, boolean leavesBehind) {
            this.start = start;
            this.near = near;
            this.far = far;
            this.end = end;
            this.reason = reason;
            this.leavesBehind = leavesBehind;
            this.deadline =
                    time.nanos() + sealedLimit.multipliedBy(2).dividedBy(3).toNanos();
        }

        CompletableFuture<CollectionState> begin(Optional<Long> expectedEpoch) {
            return step(start, near, expectedEpoch, reason)
                    .thenCompose(state -> cross(state.epoch()))
                    .exceptionallyCompose(failed -> unlessNear(expectedEpoch, failed));
        }

        /**
         * Steps back if the first step was taken although it seems to have failed. One that was refused was not taken:
         * what stands then is the step of somebody else, who walks on.
         */
        private CompletableFuture<CollectionState> unlessNear(Optional<Long> expectedEpoch, Throwable failed) {
            return expectedEpoch.isEmpty() || isRefusal(failed)
                    ? CompletableFuture.failedFuture(failed)
                    : now().thenCompose(state -> state.epoch() == expectedEpoch.get() + 1 && state.phase() == near
                            ? stepBack(state.epoch(), failed)
                            : CompletableFuture.failedFuture(failed));
        }

        /** Moves the reads. What a member objects to is not tried again: writes would be held for nothing. */
        private CompletableFuture<CollectionState> cross(long epoch) {
            return step(near, far, Optional.of(epoch), reason, leavesBehind)
                    .thenCompose(crossed -> arrive(crossed.epoch()))
                    .exceptionallyCompose(failed -> now().thenCompose(state -> goOn(epoch, state, failed)));
        }

        /** Goes on from where the record says that the walk stands. */
        private CompletableFuture<CollectionState> goOn(long epoch, CollectionState state, Throwable failed) {
            if (state.epoch() == epoch && state.phase() == near) {
                return isObjection(failed) || isOver()
                        ? stepBack(epoch, failed)
                        : time.rest(BETWEEN_TRIES).thenCompose(rested -> cross(epoch));
            }
            boolean isTakenBack = state.epoch() == epoch + 2 && state.phase() == near;
            if (isTakenBack) {
                return stepBack(state.epoch(), failed);
            }
            if (state.epoch() == epoch + 1 && state.phase() == far) {
                return isOver() ? CompletableFuture.failedFuture(failed) : arrive(state.epoch());
            }
            return arrivedOr(epoch, state, failed);
        }

        /** Takes the last step, in which no reads move, again and again. */
        private CompletableFuture<CollectionState> arrive(long epoch) {
            return step(far, end, Optional.of(epoch), reason)
                    .exceptionallyCompose(failed -> now().thenCompose(state -> {
                        boolean isThere = state.epoch() == epoch && state.phase() == far;
                        return isThere && !isOver()
                                ? time.rest(BETWEEN_TRIES).thenCompose(rested -> arrive(epoch))
                                : arrivedOr(epoch - 1, state, failed);
                    }));
        }

        /** Completes if the collection is where the walk leads to, whoever took the last step. */
        private CompletableFuture<CollectionState> arrivedOr(long epoch, CollectionState state, Throwable failed) {
            return state.epoch() == epoch + 2 && state.phase() == end
                    ? CompletableFuture.completedFuture(state)
                    : CompletableFuture.failedFuture(failed);
        }

        private boolean isOver() {
            return time.nanos() - deadline >= 0;
        }

        /**
         * Steps back, and fails with why it was necessary. The way back is open as long as the reads have not moved: it
         * needs no drain, so it can be taken even while the follower is down. Somebody else's step may be in the way, so
         * it is tried again; what is left behind in spite of that is watched over.
         */
        private CompletableFuture<CollectionState> stepBack(long epoch, Throwable why) {
            warn(epoch).log("stepping back from {} to {}: {}", near, start, Cause.message(why));
            return stepBackUntil(epoch, time.nanos() + sealedLimit.toNanos())
                    .handle((state, ignored) -> null)
                    .thenCompose(done -> CompletableFuture.failedFuture(Cause.of(why)));
        }

        private CompletableFuture<CollectionState> stepBackUntil(long epoch, long limit) {
            return step(near, start, Optional.of(epoch), "stepped back")
                    .exceptionallyCompose(failed -> now().thenCompose(state -> {
                        boolean isThere = state.epoch() == epoch && time.nanos() - limit < 0;
                        return isThere
                                ? time.rest(BETWEEN_TRIES).thenCompose(rested -> stepBackUntil(epoch, limit))
                                : CompletableFuture.completedFuture(state);
                    }));
        }
    }

    private static boolean isRefusal(Throwable failed) {
        return isObjection(failed)
                || (Cause.of(failed) instanceof CallException refused && refused.kind() == CallException.Kind.ABORTED);
    }

    private static boolean isObjection(Throwable failed) {
        return Cause.of(failed) instanceof CallException refused && refused.kind() == CallException.Kind.PRECONDITION;
    }

    private CompletableFuture<CollectionState> now() {
        return stepper.await(state -> true);
    }

    private LoggingEventBuilder warn(long epoch) {
        return LOG.atWarn().addKeyValue("collection", collection).addKeyValue("epoch", epoch);
    }

    /** Takes one step. */
    public CompletableFuture<CollectionState> step(Phase from, Phase to, Optional<Long> expectedEpoch, String reason) {
        return step(from, to, expectedEpoch, reason, false);
    }

    private CompletableFuture<CollectionState> step(
            Phase from, Phase to, Optional<Long> expectedEpoch, String reason, boolean leavesBehind) {
        return stepper.take(new Stepper.Request(
                from, to, null, expectedEpoch, reason, leavesBehind, CollectionState.Beginning.NONE));
    }

    /** Ends a migration on one of its indexes. */
    public CompletableFuture<CollectionState> end(
            Phase from, String keep, Optional<Long> expectedEpoch, String reason) {
        return stepper.take(new Stepper.Request(
                from, Phase.SINGLE, keep, expectedEpoch, reason, false, CollectionState.Beginning.NONE));
    }

    /**
     * Brings a flip to an end whose admin died: after the limit SEALED or SWITCHED goes to the nearer safe phase. Every
     * member watches; the epoch that it expects lets one of them win. This is tried again until the epoch moves: a
     * member, or the store, may be away for a while.
     */
    public void watchOver(CollectionState entered) {
        goHomeAfter(sealedLimit, entered);
    }

    /** As {@link #watchOver}, at once: the only member has begun anew, and nobody else can be walking. */
    public void takeHome(CollectionState entered) {
        goHomeAfter(Duration.ZERO, entered);
    }

    private void goHomeAfter(Duration wait, CollectionState entered) {
        if (entered.phase().needsBoth()) {
            time.after(
                    wait,
                    () -> Branches.take(goHome(entered), (done, failed) -> {
                        if (failed != null) {
                            warn(entered.epoch()).log("{} is not left yet: {}", entered.phase(), Cause.message(failed));
                            goHomeAfter(BETWEEN_WAYS_HOME, entered);
                        }
                    }));
        }
    }

    /**
     * Goes to the neighbour in which reads stay where they are. No reads move, so nothing has to be drained, and open
     * marks are no obstacle.
     */
    private CompletableFuture<?> goHome(CollectionState entered) {
        Phase phase = entered.phase();
        Phase home = phase == Phase.SEALED ? Phase.MIRRORING : Phase.REVERSED;
        return now().thenCompose(state -> {
            if (state.epoch() != entered.epoch()) {
                return CompletableFuture.completedFuture(state);
            }
            warn(entered.epoch()).log("{} was left behind: stepping to {}", phase, home);
            return step(phase, home, Optional.of(entered.epoch()), phase + " was left behind");
        });
    }
}
