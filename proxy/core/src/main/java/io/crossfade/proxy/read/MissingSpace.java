package io.crossfade.proxy.read;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Provenance;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.write.Sources;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Scans for documents whose vector of the follower's space is absent, was made from something other than what stands
 * now, or is not the one that was written.
 */
record MissingSpace(Route.Paired route, String spaceName, Duration timeout) {

    /** Scans on a route; outside a migration no index follows, and there is no such space. */
    static CompletableFuture<ScanPage> scan(Route route, String spaceName, ScanQuery query, Duration timeout) {
        if (!(route instanceof Route.Paired paired)) {
            throw notInUse(spaceName);
        }
        return new MissingSpace(paired, spaceName, timeout).scan(query);
    }

    private CompletableFuture<ScanPage> scan(ScanQuery query) {
        Participant follower = route.follower();
        String field = follower.spaces().entrySet().stream()
                .filter(entry -> entry.getValue().name().equals(spaceName))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> notInUse(spaceName));
        ScanQuery whole =
                new ScanQuery(query.cursor(), query.namespace(), query.filter(), Projection.ALL, query.limit());
        return route.leader()
                .index()
                .scan(whole, timeout)
                .thenCompose(page -> follower.index()
                        .fetch(
                                page.documents().stream()
                                        .map(StoredDocument::key)
                                        .toList(),
                                Projection.DIGEST,
                                timeout)
                        .thenApply(present -> missing(page, present, field, query.wanted())));
    }

    private ScanPage missing(ScanPage page, Map<Key, StoredDocument> present, String field, Projection wanted) {
        return new ScanPage(
                page.documents().stream()
                        .filter(document -> isMissing(document, present.get(document.key()), field))
                        .map(document -> document.project(wanted))
                        .toList(),
                page.cursor());
    }

    private boolean isMissing(StoredDocument document, @Nullable StoredDocument present, String field) {
        Space space = route.follower().space(field);
        Provenance wanted = Sources.of(route.leader().textSource(), document).provenance(field, space);
        return present == null
                || wanted == null
                || !wanted.encoded().equals(present.stamp().provenance().get(field))
                || !route.follower().holdsAsWritten(present, field);
    }

    private static CallException notInUse(String spaceName) {
        return new CallException(
                CallException.Kind.PRECONDITION,
                "missing_space: " + spaceName + " (expected: a space of the index that follows in a migration)");
    }
}
