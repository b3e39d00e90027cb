package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.Doubt;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.write.Trust;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the doubts that a member has seen mean for writes.
 *
 * @param state as it was seen last
 * @param route of the moment
 */
record Doubted(Supplier<CollectionState> state, Supplier<Route> route) implements Trust {
    /**
     * Nothing is written to the follower from a leader that has lost documents: the follower may have the last copy; and
     * nothing to an index that nobody has said is the one that is meant.
     */
    @Override
    public boolean mayFeedFollower() {
        return state.get().doubts().stream().noneMatch(doubt -> doubt.kind() == Doubt.Kind.INDEX_REPLACED)
                && lossesOfLeader().isEmpty();
    }

    @Override
    public Trust.Leader leader() {
        List<Doubt> losses = lossesOfLeader();
        if (losses.isEmpty()) {
            return Trust.Leader.WHOLE;
        }
        return losses.stream().allMatch(doubt -> doubt.kind() == Doubt.Kind.LEFT_BEHIND)
                ? Trust.Leader.LEFT_BEHIND
                : Trust.Leader.LOST;
    }

    private List<Doubt> lossesOfLeader() {
        return state.get().lossesOf(route.get().leader().name());
    }
}
