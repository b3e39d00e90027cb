package io.crossfade.proxy.migration.step;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.Edit;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one step with all members: PREPARE, an answer of each, COMMIT or ABORT, applied by each. All of it is in the
 * record, so that any sidecar can be the admin, and a step that a dead admin left behind is given up by the next.
 *
 * <p>What is waited for only tells when to look: every decision is made on the record, inside the compare-and-set that
 * writes it. So it does not matter how late, or in which order, this member sees what others have written.
 *
 * <p>{@code seen} and {@code underWay} are volatile, and written by the member's serial context and by admin calls; of two that race either
 * may stand, which can only make a step count as left behind later.
 */
public final class Stepper {
    private static final Logger LOG = LoggerFactory.getLogger(Stepper.class);

    private final StateRecord<CollectionState> record;
    private final Time time;
    private final Duration limit;
    private volatile Seen seen = new Seen(0, 0);
    private volatile long underWay;

    /** The step that is being taken, and when this member first heard of it. */
    private record Seen(long attempt, long nanos) {}

    /**
     * @param limit how long answers, and later the applying, may take; a longer step counts as left behind
     */
    public Stepper(StateRecord<CollectionState> record, Time time, Duration limit) {
        this.record = record;
        this.time = time;
        this.limit = limit;
    }

    /**
     * A step to take.
     *
     * @param toIndex as in {@link CollectionState.Step}
     * @param from the phase that it must begin in
     * @param expectedEpoch if given, the epoch that it must begin at
     * @param leavesBehind as in {@link CollectionState.Step}
     * @param begun kept where a migration begins
     */
    public record Request(
            Phase from,
            Phase target,
            @Nullable String toIndex,
            Optional<Long> expectedEpoch,
            String reason,
            boolean leavesBehind,
            CollectionState.Beginning begun) {}

    /**
     * Completes with the state after the step; fails with PRECONDITION (a member disagrees) or ABORTED (a race).
     * Whether the answers came in time is not what decides: the record is asked once more, because the last answer may
     * have come just now. It is also not enough that the step is committed: phases are safe beside their neighbours
     * only, so a step ends when every member has applied it, and the next one can begin (DEADLINE if some have not by
     * then; the step stands all the same).
     */
    public CompletableFuture<CollectionState> take(Request request) {
        return record.change(new Preparation(this, request)).thenCompose(prepared -> {
            CollectionState.Step step = prepared.step();
            long attempt = step == null ? 0 : step.attempt();
            return await(state -> isDecided(state, attempt))
                    .handle((decided, late) -> late == null)
                    .thenCompose(inTime -> decide(attempt, prepared.epoch(), request))
                    .thenCompose(
                            committed -> await(state -> state.epoch() > committed.epoch() || state.isAppliedByAll()))
                    .thenApply(state -> applied(state, prepared.epoch() + 1, request));
        });
    }

    /** Fails if the step was taken back before anybody had applied it. */
    private static CollectionState applied(CollectionState state, long epoch, Request request) {
        if (state.epoch() == epoch + 1 && state.phase() == request.from()) {
            throw CallException.blocked(List.of(
                    Blocker.of(Blocker.Code.INDEX_UNVOUCHED, "the index that was to serve is not vouched for")));
        }
        return state;
    }

    /** Fails with ABORTED if an epoch is expected and the state has another. */
    public static void requireEpoch(CollectionState state, Optional<Long> expectedEpoch) {
        expectedEpoch.ifPresent(expected -> {
            if (expected != state.epoch()) {
                throw new CallException(
                        CallException.Kind.ABORTED,
                        "expected_epoch: " + expected + " (expected: " + state.epoch() + ", the epoch moved)");
            }
        });
    }

    /**
     * Fails with ABORTED if a record belongs to a newer migration than the one that it is to be changed for: a member that was
     * held up may still be at work for one that has ended.
     *
     * @param started {@link CollectionState#startedVersion} of the migration that the change is for
     * @param recorded that of the record
     */
    public static void requireNotOvertaken(long started, long recorded) {
        if (recorded > started) {
            throw new CallException(
                    CallException.Kind.ABORTED, "the migration has ended, and another one has begun; try again");
        }
    }

    /** Writes PREPARE, and knows its own step again among those of others. */
    private record Preparation(Stepper stepper, Request request) implements Edit<CollectionState> {
        @Override
        public CollectionState of(CollectionState before) {
            return stepper.prepare(before, request);
        }

        @Override
        public boolean isIn(CollectionState now, CollectionState written) {
            return now.step() != null && written.step() != null && now.step().isSameTry(written.step());
        }
    }

    /**
     * Prepares the step, in one change with giving up the one that was left behind, so that no third one slips in
     * between.
     */
    private CollectionState prepare(CollectionState state, Request request) {
        requireEpoch(state, request.expectedEpoch());
        if (state.phase() != request.from()) {
            throw new CallException(
                    CallException.Kind.PRECONDITION,
                    "phase: " + state.phase() + " (expected: " + request.from() + " to go to " + request.target()
                            + ")");
        }
        CollectionState ready = state;
        CollectionState.Step left = state.step();
        saw(state);
        if (left != null) {
            if (!isLeftBehind(left)) {
                throw new CallException(
                        CallException.Kind.ABORTED,
                        "a step to " + left.target() + " is being taken, since "
                                + Duration.ofNanos(time.nanos() - seen.nanos()).toMillis() + " ms (expected: none)");
            }
            ready = state.abort(left.attempt());
        }
        return ready.offer(request.begun())
                .prepare(
                        request.target(),
                        request.toIndex(),
                        time.wallMillis(),
                        request.reason(),
                        request.leavesBehind());
    }

    /**
     * Hears of every state that this member sees. A step that is still there when whoever takes it must have decided long
     * ago was left behind, and is given up.
     */
    public void saw(CollectionState state) {
        CollectionState.Step step = state.step();
        underWay = step == null ? 0 : step.attempt();
        if (step != null && step.attempt() != seen.attempt()) {
            seen = new Seen(step.attempt(), time.nanos());
            giveUpAfter(limit.multipliedBy(2), step);
        }
    }

    private void giveUpAfter(Duration wait, CollectionState.Step step) {
        time.after(wait, () -> {
            if (underWay == step.attempt()) {
                LOG.warn("step {} to {} was left behind: it is given up", step.attempt(), step.target());
                Branches.take(abort(step.attempt()), (done, failed) -> {
                    if (failed != null) {
                        LOG.warn("step {} could not be given up yet: {}", step.attempt(), Cause.message(failed));
                        giveUpAfter(limit, step);
                    }
                });
            }
        });
    }

    /**
     * Whether the step has taken too long by this member's own clock: those of others may be off. It counts from when
     * this member first heard of the step, so a step may be given up later than it could be, never sooner.
     */
    private boolean isLeftBehind(CollectionState.Step step) {
        Seen last = seen;
        return last.attempt() == step.attempt() && time.nanos() - last.nanos() >= limit.toNanos();
    }

    private static boolean isDecided(CollectionState state, long attempt) {
        CollectionState.Step step = state.step();
        return step == null
                || step.attempt() != attempt
                || state.isAgreed()
                || step.answers().values().stream().anyMatch(answer -> !answer.isEmpty());
    }

    /**
     * Commits the step if all agree, and otherwise gives it up with the reasons. If the step has gone from the record,
     * the epoch and its phase tell whether it was committed or given up.
     */
    private CompletableFuture<CollectionState> decide(long attempt, long epoch, Request request) {
        Decision decision = new Decision(attempt, epoch, request.begun());
        return record.change(decision).thenApply(state -> {
            if (!decision.objections.isEmpty()) {
                throw CallException.blocked(decision.objections);
            }
            boolean isOthers = state.epoch() == epoch + 1 && state.phase() != request.target();
            if (state.epoch() <= epoch || isOthers) {
                throw new CallException(
                        CallException.Kind.ABORTED,
                        "the step to " + request.target() + " was given up, at " + state.phase() + " in epoch "
                                + state.epoch());
            }
            return state;
        });
    }

    /**
     * Writes COMMIT, or ABORT. It may be made several times before it is taken, so what it finds out is begun anew each
     * time.
     */
    private static final class Decision implements Edit<CollectionState> {
        private final long attempt;
        private final long epoch;
        private final CollectionState.Beginning begun;
        private volatile List<Blocker> objections = List.of();

        Decision(long attempt, long epoch, CollectionState.Beginning begun) {
            this.attempt = attempt;
            this.epoch = epoch;
            this.begun = begun;
        }

        @Override
        public CollectionState of(CollectionState before) {
            objections = List.of();
            CollectionState.Step step = before.step();
            if (step == null || step.attempt() != attempt) {
                return before;
            }
            if (before.isAgreed()) {
                return before.commit(attempt, begun);
            }
            objections = objections(before, step);
            return before.abort(attempt);
        }

        /** A commit shows by its epoch; an abort by the end of the step in an epoch that has not moved. */
        @Override
        public boolean isIn(CollectionState now, CollectionState written) {
            boolean isOver = now.step() == null || now.step().attempt() != attempt;
            return isOver && (written.epoch() > epoch ? now.epoch() >= written.epoch() : now.epoch() == epoch);
        }
    }

    private static List<Blocker> objections(CollectionState state, CollectionState.Step step) {
        List<Blocker> objections = new ArrayList<>();
        for (String member : state.members().keySet()) {
            String answer = step.answers().get(member);
            if (answer == null) {
                objections.add(new Blocker(Blocker.Code.MEMBER_SILENT, member + " did not answer in time", member));
            } else if (!answer.isEmpty()) {
                objections.add(new Blocker(Blocker.Code.MEMBER_DISAGREES, answer, member));
            }
        }
        return objections;
    }

    /**
     * Puts out a member that is lost for good, with its disk (R20): one that may still run must be ended first, because
     * nothing else keeps it from writing. Both indexes have to be compared before reads move again.
     */
    public CompletableFuture<CollectionState> fence(String member) {
        return record.change(new Fencing(member));
    }

    private record Fencing(String member) implements Edit<CollectionState> {
        @Override
        public CollectionState of(CollectionState before) {
            if (!before.members().containsKey(member) || before.members().size() == 1) {
                throw new CallException(
                        CallException.Kind.PRECONDITION,
                        "member: " + member + " (expected: one of several of "
                                + before.members().keySet() + ")");
            }
            return before.fence(member);
        }

        @Override
        public boolean isIn(CollectionState now, CollectionState written) {
            return !now.members().containsKey(member);
        }
    }

    /** Records that both indexes were found equal by a comparison that began after all doubts up to this number. */
    public CompletableFuture<CollectionState> compared(long upTo) {
        return record.change(state -> state.compared(upTo));
    }

    /** Records that an operator has said what is to stand on an index. */
    public CompletableFuture<CollectionState> accept(String index, String lineage, String reason) {
        return record.change(state -> state.accept(index, lineage, reason));
    }

    /** Gives a step up, unless it is decided already. */
    public CompletableFuture<Void> abort(long attempt) {
        return record.change(state -> state.abort(attempt)).thenAccept(done -> {});
    }

    /** Completes with the first state that is as wanted; fails when time is over. */
    public CompletableFuture<CollectionState> await(Predicate<CollectionState> wanted) {
        CompletableFuture<CollectionState> seen = new CompletableFuture<>();
        ControlStore.Watch watch = record.watch(state -> {
            if (wanted.test(state)) {
                seen.complete(state);
            }
        });
        Time.Timer timer = time.after(
                limit,
                () -> seen.completeExceptionally(new CallException(
                        CallException.Kind.DEADLINE, "the members did not follow within " + limit.toMillis() + " ms")));
        Branches.take(seen, (state, failed) -> {
            watch.stop();
            timer.cancel();
        });
        return seen;
    }
}
