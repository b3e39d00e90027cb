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
        return new WriteReply.Result(plan.key(), version, leader(leader), follower, reason(leader), false);
    }

    /** The result of a write without a follower. */
    static WriteReply.Result ofSingle(PlannedWrite plan, @Nullable Outcome leader) {
        return of(plan, 0, leader, Follower.NONE);
    }

    private static Leader leader(@Nullable Outcome outcome) {
        if (outcome instanceof Outcome.Applied) {
            return Leader.APPLIED;
        } else if (outcome instanceof Outcome.NotFound) {
            return Leader.NOT_FOUND;
        } else if (outcome instanceof Outcome.Rejected) {
            return Leader.REJECTED;
        }
        return outcome == null || outcome instanceof Outcome.Unknown ? Leader.UNKNOWN : Leader.FAILED;
    }

    private static String reason(@Nullable Outcome outcome) {
        if (outcome instanceof Outcome.Rejected rejected) {
            return rejected.reason();
        } else if (outcome instanceof Outcome.Failed failed) {
            return failed.reason();
        }
        return outcome instanceof Outcome.Unknown unknown ? unknown.reason() : "";
    }

    /** Fails a call of which nothing was done, or of which nothing is known, as a whole, so that clients repeat it. */
    static List<WriteReply.Result> failIfNothingIsKnown(
            String leader, List<Outcome> outcomes, List<WriteReply.Result> results) {
        if (!outcomes.isEmpty() && outcomes.stream().allMatch(Outcome.Failed.class::isInstance)) {
            throw new CallException(CallException.Kind.UNAVAILABLE, leader + ": " + reason(outcomes.get(0)));
        } else if (!outcomes.isEmpty() && outcomes.stream().allMatch(Outcome.Unknown.class::isInstance)) {
            throw new CallException(
                    CallException.Kind.UNKNOWN, leader + " may have applied it: " + reason(outcomes.get(0)));
        }
        return results;
    }
}
