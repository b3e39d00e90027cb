package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.write.journal.Marks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the writes that build on what the leader has lost: a partial one would make an older copy the newest version, and
 * one by filter was judged by it. What the follower has of the document then counts as older, and a recovery leaves it
 * behind, although it was acked. The caller has taken the lanes of the keys.
 */
final class LostBase {
    private final DualWriter writer;
    private final Route.Paired route;

    LostBase(DualWriter writer, Route.Paired route) {
        this.writer = writer;
        this.route = route;
    }

    /** Why nothing is written, by the key of each such write. */
    CompletableFuture<Map<Key, String>> find(WriteCall call, List<PlannedWrite> plans, Duration timeout) {
        Trust.Leader leader = writer.trust().get().leader();
        List<Key> keys = plans.stream()
                .filter(plan -> !plan.isWhole() || call.onlyIf() != null)
                .map(PlannedWrite::key)
                .toList();
        if (leader == Trust.Leader.WHOLE || keys.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        Duration limit = min(timeout, writer.mirror().settings().deadline());
        return route.leader()
                .index()
                .fetch(keys, Projection.STAMP, timeout)
                .thenCombine(followerHas(keys, limit), (has, others) -> lost(keys, has, others));
    }

    /** What the follower says; without an answer, nothing where marks say what the leader lacks. */
    private CompletableFuture<Answer> followerHas(List<Key> keys, Duration limit) {
        boolean marksTell = writer.trust().get().leader() == Trust.Leader.LEFT_BEHIND && !route.fleet();
        if (marksTell) {
            return CompletableFuture.completedFuture(new Answer(Map.of(), null));
        }
        if (!writer.mirror().seemsOpenForBusiness()) {
            return CompletableFuture.completedFuture(
                    new Answer(Map.of(), "it is not asked, because its breaker is open"));
        }
        return route.follower()
                .index()
                .fetch(keys, Projection.STAMP, limit)
                .thenApply(found -> new Answer(found, null))
                .exceptionally(failed -> new Answer(Map.of(), Cause.message(failed)));
    }

    private record Answer(
            Map<Key, StoredDocument> found, @Nullable String failure) {}

    private Map<Key, String> lost(List<Key> keys, Map<Key, StoredDocument> leaderHas, Answer follower) {
        return keys.stream()
                .filter(key -> follower.failure() != null || isOlder(key, leaderHas, follower.found()))
                .collect(Collectors.toUnmodifiableMap(key -> key, key -> reason(follower)));
    }

    private boolean isOlder(Key key, Map<Key, StoredDocument> leaderHas, Map<Key, StoredDocument> followerHas) {
        long newest = Math.max(version(followerHas.get(key)), writer.marks().newestWrite(key));
        return version(leaderHas.get(key)) < newest;
    }

    private static long version(@Nullable StoredDocument document) {
        return document == null ? Marks.ABSENT : document.version();
    }

    private String reason(Answer follower) {
        String leader = route.leader().name();
        String other = route.follower().name();
        return follower.failure() == null
                ? leader
                        + " has lost the newest version of the document, which would be built upon (expected: a write of"
                        + " the whole document, or recover from " + other + " first)"
                : leader + " has lost documents, and " + other
                        + " cannot tell whether it has a newer version of this one: " + follower.failure()
                        + " (expected: a write of the whole document, or recover first)";
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
