package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Outcome;
import java.time.Duration;
import java.util.function.Predicate;

/** How an index misbehaves in one call, always within its contract. Times are as the injected clock tells them. */
public sealed interface Fault {
    /** None: the call goes through. */
    Fault NONE = new Slow(Duration.ZERO);

    /** A hang: nothing happens and nothing comes back. A write is {@code Unknown} at the timeout, a read fails then. */
    record Hang() implements Fault {}

    /**
     * A delay after which the request reaches the engine. Later than the timeout it still takes effect, as long as that
     * is within the settle time; beyond, it is lost.
     */
    record Slow(Duration delay) implements Fault {}

    /** A call that the engine does at once, and whose answer is under way for a while. */
    record LateAnswer(Duration delay) implements Fault {}

    /**
     * A refusal: some of the writes are not done and say so; the others, and reads, go through.
     *
     * @param outcome {@code Rejected}, {@code Failed} or {@code NotFound}
     */
    record Refuse(Outcome outcome, Predicate<IndexWrite> which) implements Fault {
        public Refuse {
            if (!isRefusal(outcome)) {
                throw new IllegalArgumentException(
                        "outcome: " + outcome + " (expected: one that says that nothing was done)");
            }
        }

        private static boolean isRefusal(Outcome outcome) {
            return switch (outcome.kind()) {
                case NOT_FOUND, REJECTED, FAILED -> true;
                case APPLIED, UNKNOWN -> false;
            };
        }

        /** Refuses every write of the call. */
        public Refuse(Outcome outcome) {
            this(outcome, write -> true);
        }
    }

    /** A failing future, and nothing done: what a driver with a fault of its own does. */
    record Throw(IndexException.Kind kind) implements Fault {}

    /**
     * A write that takes effect, but is answered with an error at once, so that it is {@code Unknown}. A read fails.
     */
    record AppliedButError() implements Fault {}

    /** A write that takes effect, but no answer comes: {@code Unknown} at the timeout. A read fails then. */
    record LostReply() implements Fault {}

    /**
     * A write that is {@code Unknown} at the timeout and takes effect after it. A read fails at the timeout.
     *
     * @param after the timeout; at most the settle time
     */
    record LateApply(Duration after) implements Fault {}
}
