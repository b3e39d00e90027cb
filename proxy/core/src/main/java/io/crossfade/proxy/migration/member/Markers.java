package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Marks the indexes of each route, one marker after another on each of them, so that none overtakes a later one. Routes
 * are put in place one at a time, so nobody else changes {@code last} meanwhile.
 */
final class Markers {
    private static final String NO_FAILURE = "what goes wrong is logged by then";

    private final Map<String, CompletableFuture<Void>> last = new ConcurrentHashMap<>();

    /**
     * Marks both indexes of a route, and the one that is let go: each of them knows the epoch, should the state
     * directory be lost. Completes when the leader is marked; the follower may be down, which must not keep a step back
     * from being taken. Where writes are held meanwhile nothing is awaited, because the leader may be down as well.
     * Never fails: a marker is a second line of defence.
     *
     * @param before the route before
     */
    CompletableFuture<Void> write(Route before, Route route) {
        if (route instanceof Route.Paired paired) {
            Branches.drop(write(route, paired.follower(), "follower"), NO_FAILURE);
        } else if (before instanceof Route.Paired ended) {
            Participant other = ended.leader().name().equals(route.leader().name()) ? ended.follower() : ended.leader();
            Branches.drop(write(route, other, "former"), NO_FAILURE);
        }
        CompletableFuture<Void> marked = write(route, route.leader(), route.isSingle() ? "only" : "leader");
        return route.phase().needsBoth() ? CompletableFuture.completedFuture(null) : marked;
    }

    private CompletableFuture<Void> write(Route route, Participant participant, String role) {
        CompletableFuture<Void> marked = last.getOrDefault(participant.name(), CompletableFuture.completedFuture(null))
                .thenCompose(written -> Marker.write(route, participant, role));
        last.put(participant.name(), marked);
        return marked;
    }
}
