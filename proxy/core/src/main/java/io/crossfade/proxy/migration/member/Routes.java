package io.crossfade.proxy.migration.member;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WritePath;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Makes routes of agreed states.
 *
 * @param fleet other sidecars write too, or may begin to at any time
 * @param single how writes are done without a migration
 */
record Routes(String collection, Participants participants, boolean fleet, WritePath<Route.Single> single) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /**
     * The open indexes of a state.
     *
     * @param migration null in SINGLE only
     */
    record Indexes(Participant primary, @Nullable Participant migration) {
        boolean isSingle() {
            return migration == null;
        }

        /** How long a request with an unknown outcome may still take effect, on the index where that is longest (R6). */
        Duration unknownSettle() {
            return primary.longestSettle(migration == null ? primary : migration);
        }
    }

    /** Opens the indexes of a state; one whose engine is away is opened by the first call that can. */
    CompletableFuture<Indexes> indexes(CollectionState state) {
        CompletableFuture<Participant> primary = participants.attach(state.primary());
        String other = state.migration();
        if (other == null) {
            return primary.thenApply(index -> new Indexes(index, null));
        }
        CompletableFuture<Participant> migration = participants.attach(other);
        return there(primary, migration, state)
                .thenCombine(there(migration, primary, state), (left, right) -> new Indexes(left, right));
    }

    /**
     * The index that follows is made anew if it is gone: it was made for this migration, or has served. It bears no lineage
     * then, so nothing is sent there before an operator has accepted it.
     */
    private CompletableFuture<Participant> there(
            CompletableFuture<Participant> attached, CompletableFuture<Participant> other, CollectionState state) {
        return attached.thenCompose(index -> {
            boolean isToBeMade = Participants.isMissing(index) && !index.name().equals(state.serving());
            return isToBeMade
                    ? other.thenCompose(leader -> participants.createLike(leader, index.name(), TIMEOUT))
                    : CompletableFuture.completedFuture(index);
        });
    }

    /**
     * The route of a state. What is written on it gets versions above those of all migrations before.
     *
     * @param migration open if the state has two indexes
     */
    Route route(CollectionState state, Indexes indexes, @Nullable Migration migration) {
        Participant other = indexes.migration();
        if (other == null) {
            return new Route.Single(collection, state.epoch(), indexes.primary(), fleet, single);
        }
        Migration open = requireNonNull(migration, "migration");
        open.versions().observe(state.startedVersion());
        return new Route.Paired(
                collection, state.epoch(), state.phase(), indexes.primary(), other, fleet, open.writer());
    }
}
