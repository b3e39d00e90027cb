package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes routes of agreed states.
 *
 * @param fleet other sidecars write too, or may begin to at any time
 */
record Routes(String collection, Participants participants, boolean fleet) {
    /** The route of a state; an index whose engine is away is opened by the first call that can. */
    CompletableFuture<Route> of(CollectionState state) {
        CompletableFuture<Participant> primary = participants.attach(state.primary());
        String other = state.migration();
        if (other == null) {
            return primary.thenApply(index -> route(state, index, null));
        }
        return primary.thenCombine(participants.attach(other), (left, right) -> route(state, left, right));
    }

    private Route route(CollectionState state, Participant primary, @Nullable Participant migration) {
        return new Route(collection, state.epoch(), state.phase(), primary, migration, fleet);
    }

    /** The route that a collection in SINGLE would get with this index beside its own. */
    Route mirroring(Route single, Participant migration) {
        return new Route(collection, single.epoch() + 1, Phase.MIRRORING, single.primary(), migration, fleet);
    }
}
