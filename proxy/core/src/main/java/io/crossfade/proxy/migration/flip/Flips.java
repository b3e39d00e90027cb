package io.crossfade.proxy.migration.flip;

import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.model.Phase;
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
 */
public final class Flips {
    private static final Logger LOG = LoggerFactory.getLogger(Flips.class);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

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
        return walk(Phase.MIRRORING, Phase.SEALED, Phase.SWITCHED, Phase.REVERSED, expectedEpoch, reason);
    }

    /** Walks from REVERSED through SWITCHED and SEALED to MIRRORING. */
    public CompletableFuture<CollectionState> backward(Optional<Long> expectedEpoch, String reason) {
        return walk(Phase.REVERSED, Phase.SWITCHED, Phase.SEALED, Phase.MIRRORING, expectedEpoch, reason);
    }

    /**
     * Walks from start to end. The way back is open as long as the reads have not moved: it is one step, from near to
     * start, and needs no drain, so it can be taken even while the follower is down.
     */
    private CompletableFuture<CollectionState> walk(
            Phase start, Phase near, Phase far, Phase end, Optional<Long> expectedEpoch, String reason) {
        return step(start, near, expectedEpoch, reason).thenCompose(nearState -> {
            long deadline = time.nanos() + sealedLimit.toNanos();
            return repeatedly(near, far, reason, deadline)
                    .thenCompose(crossed -> step(far, end, Optional.empty(), reason))
                    .exceptionallyCompose(failed -> stepBack(nearState.epoch(), near, start, failed));
        });
    }

    /**
     * Tries a step again until the deadline, for instance while members cannot drain in time. Each try is a new step
     * with its own answers, and held writes go on in between.
     */
    private CompletableFuture<CollectionState> repeatedly(Phase from, Phase to, String reason, long deadline) {
        return step(from, to, Optional.empty(), reason).exceptionallyCompose(failed -> {
            if (time.nanos() >= deadline) {
                return CompletableFuture.failedFuture(failed);
            }
            return time.rest(BETWEEN_TRIES).thenCompose(again -> repeatedly(from, to, reason, deadline));
        });
    }

    /**
     * Steps back, and fails with why it was necessary. Somebody else's step may be in the way, so this is tried again
     * too; what is left behind in spite of it is watched over.
     */
    private CompletableFuture<CollectionState> stepBack(long epoch, Phase near, Phase start, Throwable why) {
        warn(epoch).log("stepping back from {} to {}: {}", near, start, why.toString());
        return repeatedly(near, start, "stepped back", time.nanos() + sealedLimit.toNanos())
                .handle((state, ignored) -> {
                    throw why instanceof RuntimeException known ? known : new IllegalStateException(why);
                });
    }

    private LoggingEventBuilder warn(long epoch) {
        return LOG.atWarn().addKeyValue("collection", collection).addKeyValue("epoch", epoch);
    }

    /** Takes one step. */
    public CompletableFuture<CollectionState> step(Phase from, Phase to, Optional<Long> expectedEpoch, String reason) {
        return stepper.take(new Stepper.Request(from, to, null, expectedEpoch, reason, CollectionState.Beginning.NONE));
    }

    /** Ends a migration on one of its indexes. */
    public CompletableFuture<CollectionState> end(
            Phase from, String keep, Optional<Long> expectedEpoch, String reason) {
        return stepper.take(
                new Stepper.Request(from, Phase.SINGLE, keep, expectedEpoch, reason, CollectionState.Beginning.NONE));
    }

    /**
     * A flip whose admin died leaves SEALED or SWITCHED behind; after the limit it goes to the nearer safe phase. The
     * limit is half as long again as that of the admin, which may step back by itself first. Every member watches; the
     * epoch that it expects lets one of them win. This is tried again until the epoch moves: a member, or the store,
     * may be away for a while.
     */
    public void watchOver(CollectionState entered) {
        if (entered.phase().needsBoth()) {
            time.after(
                    sealedLimit.plus(sealedLimit.dividedBy(2)),
                    () -> goHome(entered).whenComplete((done, failed) -> {
                        if (failed != null) {
                            watchOver(entered);
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
        return stepper.await(state -> true).thenCompose(state -> {
            if (state.epoch() != entered.epoch()) {
                return CompletableFuture.completedFuture(state);
            }
            warn(entered.epoch()).log("{} for too long: stepping to {}", phase, home);
            return step(phase, home, Optional.of(entered.epoch()), "sealed for too long");
        });
    }
}
