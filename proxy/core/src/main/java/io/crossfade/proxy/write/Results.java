package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Follower;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.model.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts outcomes into the words of a reply. */
final class Results {
    private Results() {}

    /** The result of a write that has a follower. */
    static WriteReply.Result of(PlannedWrite plan, long version, @Nullable Outcome leader, Follower follower) {
        return new WriteReply.Result(
                plan.key(), version, leader(leader), follower, leader == null ? "" : leader.reason(), false);
    }

    /** The result of a write without a follower. */
    static WriteReply.Result ofSingle(PlannedWrite plan, @Nullable Outcome leader) {
        return of(plan, 0, leader, Follower.NONE);
    }

    private static Leader leader(@Nullable Outcome outcome) {
        if (outcome == null) {
            return Leader.UNKNOWN;
        }
        return switch (outcome.kind()) {
            case APPLIED -> Leader.APPLIED;
            case NOT_FOUND -> Leader.NOT_FOUND;
            case REJECTED -> Leader.REJECTED;
            case FAILED -> Leader.FAILED;
            case UNKNOWN -> Leader.UNKNOWN;
        };
    }

    /**
     * Fails a call of which nothing was done, or of which nothing is known, as a whole, so that clients repeat it.
     *
     * @param isOver the call's time is, which is reason enough for nothing to be done
     */
    static List<WriteReply.Result> failIfNothingIsKnown(
            String leader, boolean isOver, List<Outcome> outcomes, List<WriteReply.Result> results) {
        if (!outcomes.isEmpty() && outcomes.stream().allMatch(Outcome.Failed.class::isInstance)) {
            throw new CallException(
                    isOver ? CallException.Kind.DEADLINE : CallException.Kind.UNAVAILABLE,
                    leader + ": " + outcomes.get(0).reason());
        } else if (!outcomes.isEmpty() && outcomes.stream().allMatch(Outcome::mayStillLand)) {
            throw new CallException(
                    CallException.Kind.UNKNOWN,
                    leader + " may have applied it: " + outcomes.get(0).reason());
        }
        return results;
    }
}
