package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.Validation;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds the documents that a write by filter is about, and sees to it that there are no more of them than its caller means. */
final class Matches {
    private static final int PAGE = 1_000;
    private static final CompletableFuture<Boolean> SOMETHING_IS_LEFT = CompletableFuture.completedFuture(true);

    private final CurrentRoute current;
    private final Matching matching;
    private final Description description;
    private final Supplier<Duration> left;
    private final List<Key> keys = new ArrayList<>();

    /**
     * @param left the time until the call's deadline
     */
    Matches(CurrentRoute current, Matching matching, Description description, Supplier<Duration> left) {
        this.current = current;
        this.matching = matching;
        this.description = description;
        this.left = left;
    }

    /**
     * @param keys in the order of a scan
     * @param epoch of the route on which they were found
     */
    record Found(List<Key> keys, long epoch) {}

    /**
     * Completes when all have been found; fails with PRECONDITION if they are too many, not as many as expected, or,
     * when no number is expected, all that there are.
     */
    CompletableFuture<Found> find() {
        Route route = current.enterRead();
        return CompletableFuture.completedFuture("")
                .thenCompose(begin -> matchesFrom(route, begin))
                .thenCompose(done -> {
                    Validation.checkMatched(keys.size(), matching, description);
                    return mayBeAll() ? isThereAnother(route, new HashSet<>(keys), "") : SOMETHING_IS_LEFT;
                })
                .whenComplete((checked, failed) -> route.reads().exit())
                .thenApply(another -> {
                    if (!another) {
                        throw Validation.matchesAll(keys.size(), matching);
                    }
                    return new Found(keys, route.epoch());
                });
    }

    private boolean mayBeAll() {
        return matching.expectedCount().isEmpty() && !keys.isEmpty();
    }

    private CompletableFuture<Void> matchesFrom(Route route, String cursor) {
        return scan(route, matching.filter(), cursor).thenCompose(page -> {
            page.documents().forEach(document -> keys.add(document.key()));
            return isEnough(page) ? CompletableFuture.completedFuture(null) : matchesFrom(route, page.cursor());
        });
    }

    /** Whether enough was found to decide: one more than allowed is enough to refuse. */
    private boolean isEnough(ScanPage page) {
        long most = matching.expectedCount().orElse((long) description.limits().maxMatched());
        return page.isLast() || keys.size() > most;
    }

    /** Whether there is a document in the namespace that did not match. The first page tells, but for what matches nearly all. */
    private CompletableFuture<Boolean> isThereAnother(Route route, Set<Key> matched, String cursor) {
        return scan(route, null, cursor).thenCompose(page -> {
            boolean another =
                    page.documents().stream().map(StoredDocument::key).anyMatch(key -> !matched.contains(key));
            return another || page.isLast()
                    ? CompletableFuture.completedFuture(another)
                    : isThereAnother(route, matched, page.cursor());
        });
    }

    private CompletableFuture<ScanPage> scan(Route route, @Nullable Filter filter, String cursor) {
        ScanQuery query = new ScanQuery(cursor, matching.namespace(), filter, Projection.STAMP, PAGE);
        return route.leader().index().scan(query, left.get());
    }
}
