package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.Failures;
import io.crossfade.proxy.collection.Validation;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.Slice;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.write.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A write to all documents that match a filter: the keys are found on the leader first, all of them, and counted; then
 * they are written in batches. Documents that begin to match meanwhile are not touched.
 */
final class MatchingWrite {
    private static final int PAGE = 1_000;

    private final CurrentRoute current;
    private final Writer writer;
    private final Description description;
    private final Matching matching;
    private final Function<Key, WriteOp> toWrite;
    private final Duration timeout;
    private final List<Key> keys = new ArrayList<>();
    private final List<WriteReply.Result> results = new ArrayList<>();

    MatchingWrite(
            CurrentRoute current,
            Writer writer,
            Description description,
            Matching matching,
            Function<Key, WriteOp> toWrite,
            Duration timeout) {
        this.current = current;
        this.writer = writer;
        this.description = description;
        this.matching = matching;
        this.toWrite = toWrite;
        this.timeout = timeout;
    }

    CompletableFuture<WriteReply> run() {
        Route route = current.enterRead();
        return find(route, "")
                .whenComplete((done, failed) -> route.reads().exit())
                .thenCompose(done -> {
                    Validation.checkMatched(keys.size(), matching, description);
                    return writeFrom(0, route.epoch());
                });
    }

    private CompletableFuture<Void> find(Route route, String cursor) {
        ScanQuery query =
                new ScanQuery(cursor, Slice.ALL, matching.namespace(), matching.filter(), Projection.STAMP, PAGE);
        return route.leader().index().scan(query, timeout).thenCompose(page -> {
            page.documents().forEach(document -> keys.add(document.key()));
            return isEnough(page) ? CompletableFuture.completedFuture(null) : find(route, page.cursor());
        });
    }

    /** Whether enough was found to decide: one more than allowed is enough to refuse. */
    private boolean isEnough(ScanPage page) {
        return page.isLast()
                || (matching.expectedCount().isEmpty()
                        && keys.size() > description.limits().maxMatched())
                || (matching.expectedCount().isPresent()
                        && keys.size() > matching.expectedCount().get());
    }

    private CompletableFuture<WriteReply> writeFrom(int from, long epoch) {
        if (from >= keys.size()) {
            return CompletableFuture.completedFuture(new WriteReply(results, epoch));
        }
        int to = Math.min(keys.size(), from + description.limits().batch());
        List<WriteOp> batch = new ArrayList<>(to - from);
        keys.subList(from, to).forEach(key -> batch.add(toWrite.apply(key)));
        return writer.write(new WriteCall(batch, "", ""), timeout)
                .handle((reply, failed) -> {
                    if (failed != null) {
                        throw from == 0
                                ? Failures.toCall(failed)
                                : new CallException(
                                        CallException.Kind.UNKNOWN,
                                        from + " of " + keys.size() + " documents were written, then: "
                                                + Failures.toCall(failed).getMessage(),
                                        failed);
                    }
                    results.addAll(reply.results());
                    return reply.epoch();
                })
                .thenCompose(reached -> writeFrom(to, reached));
    }
}
