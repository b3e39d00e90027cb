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
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.write.Writer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A write to all documents that match a filter: the keys are found on the leader first, all of them, and counted; then
 * they are written in batches. Documents that begin to match meanwhile are not touched.
 */
final class MatchingWrite implements Repeatable {
    private static final int PAGE = 1_000;

    private final CurrentRoute current;
    private final Writer writer;
    private final Supplier<Description> descriptions;
    private final Matching matching;
    private final @Nullable MetadataPatch patch;
    private final String writeId;
    private final List<Key> keys = new ArrayList<>();
    private final List<WriteReply.Result> results = new ArrayList<>();

    /**
     * @param patch what changes; null if the documents are to be removed
     */
    MatchingWrite(
            CurrentRoute current,
            Writer writer,
            Supplier<Description> descriptions,
            Matching matching,
            @Nullable MetadataPatch patch,
            String writeId) {
        this.current = current;
        this.writer = writer;
        this.descriptions = descriptions;
        this.matching = matching;
        this.patch = patch;
        this.writeId = writeId;
    }

    @Override
    public String writeId() {
        return writeId;
    }

    @Override
    public long content() {
        return ContentHash.of(matching, patch);
    }

    @Override
    public @Nullable List<Key> keys() {
        return null;
    }

    @Override
    public CompletableFuture<WriteReply> begin(Duration timeout) {
        Description description = descriptions.get();
        Validation.checkMatching(matching, patch, writeId, description);
        Route route = current.enterRead();
        return find(route, description, "", timeout)
                .whenComplete((done, failed) -> route.reads().exit())
                .thenCompose(done -> {
                    Validation.checkMatched(keys.size(), matching, description);
                    return writeFrom(0, route.epoch(), description, timeout);
                });
    }

    @Override
    public CompletableFuture<WriteReply> goOn(WriteReply before, Duration timeout) {
        before.results().stream()
                .filter(KeyedWrite::isUndone)
                .map(WriteReply.Result::key)
                .forEach(keys::add);
        return writeFrom(0, before.epoch(), descriptions.get(), timeout)
                .exceptionally(failed -> new WriteReply(
                        keys.stream()
                                .map(key -> KeyedWrite.failed(key, Failures.toCall(failed)))
                                .toList(),
                        before.epoch()))
                .thenApply(news -> KeyedWrite.merged(before, news));
    }

    private CompletableFuture<Void> find(Route route, Description description, String cursor, Duration timeout) {
        ScanQuery query =
                new ScanQuery(cursor, Slice.ALL, matching.namespace(), matching.filter(), Projection.STAMP, PAGE);
        return route.leader().index().scan(query, timeout).thenCompose(page -> {
            page.documents().forEach(document -> keys.add(document.key()));
            return isEnough(page, description)
                    ? CompletableFuture.completedFuture(null)
                    : find(route, description, page.cursor(), timeout);
        });
    }

    /** Whether enough was found to decide: one more than allowed is enough to refuse. */
    private boolean isEnough(ScanPage page, Description description) {
        return page.isLast()
                || (matching.expectedCount().isEmpty()
                        && keys.size() > description.limits().maxMatched())
                || (matching.expectedCount().isPresent()
                        && keys.size() > matching.expectedCount().get());
    }

    private CompletableFuture<WriteReply> writeFrom(int from, long epoch, Description description, Duration timeout) {
        if (from >= keys.size()) {
            return CompletableFuture.completedFuture(new WriteReply(results, epoch));
        }
        int to = Math.min(keys.size(), from + description.limits().batch());
        List<WriteOp> batch = keys.subList(from, to).stream().map(this::toWrite).toList();
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
                .thenCompose(reached -> writeFrom(to, reached, description, timeout));
    }

    private WriteOp toWrite(Key key) {
        return patch == null ? new WriteOp.Delete(key) : new WriteOp.UpdateMetadata(key, patch);
    }
}
