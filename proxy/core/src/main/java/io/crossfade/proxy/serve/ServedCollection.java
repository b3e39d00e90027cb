package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.Failures;
import io.crossfade.proxy.collection.FetchReply;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.QueryReply;
import io.crossfade.proxy.collection.Validation;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.read.Reader;
import io.crossfade.proxy.route.ApplicationNotes;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.QueryUse;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.Writer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One collection: checks each request whole, then hands it to the writer or the reader. A write that is repeated gets the
 * answer of the first.
 */
public final class ServedCollection implements Collection {
    private final CurrentRoute current;
    private final Descriptions descriptions;
    private final Writer writer;
    private final Reader reader;
    private final Repeats repeats;
    private final ApplicationNotes notes;
    private final QueryUse queries;
    private final Time time;

    public ServedCollection(
            CurrentRoute current,
            Descriptions descriptions,
            Writer writer,
            Reader reader,
            Repeats repeats,
            QueryUse queries,
            Time time) {
        this.current = current;
        this.queries = queries;
        this.descriptions = descriptions;
        this.writer = writer;
        this.reader = reader;
        this.repeats = repeats;
        this.notes = new ApplicationNotes(current);
        this.time = time;
    }

    @Override
    public Description describe() {
        return descriptions.of(current.get());
    }

    /** Runs a call; whatever goes wrong becomes a {@link CallException}. */
    private static <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> body) {
        try {
            return body.get().exceptionallyCompose(failed -> CompletableFuture.failedFuture(Failures.toCall(failed)));
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(Failures.toCall(e));
        }
    }

    /**
     * Runs a call, with what is left of its time. A filter can be checked only when it is known what the serving index
     * answers: an index that was away when the sidecar started is reached first. One that was answered is noted, because the
     * index that follows may not answer it.
     */
    private <T> CompletableFuture<T> call(
            @Nullable Filter filter, Duration timeout, Function<Duration, CompletableFuture<T>> body) {
        if (filter == null) {
            return call(() -> body.apply(timeout));
        } else if (describe().operatorsKnown()) {
            return call(() -> body.apply(timeout)).thenApply(reply -> noted(filter, reply));
        }
        long start = time.nanos();
        VectorIndex serving = current.get().leader().index();
        return call(() -> time.within(timeout, serving.open(), () -> notReached(timeout))
                        .thenCompose(reached -> body.apply(timeout.minusNanos(time.nanos() - start))))
                .thenApply(reply -> noted(filter, reply));
    }

    private <T> T noted(Filter filter, T reply) {
        queries.heard(current.get(), filter);
        return reply;
    }

    private IndexException notReached(Duration timeout) {
        return new IndexException(
                IndexException.Kind.DEADLINE,
                "index " + current.get().leader().name() + ": not reached within " + timeout
                        + " (expected: what it can filter by)");
    }

    @Override
    public CompletableFuture<WriteReply> write(WriteCall call, Duration timeout) {
        return call(() -> repeats.once(new KeyedWrite(call, this::describe, writer), timeout));
    }

    @Override
    public CompletableFuture<WriteReply> updateMatching(
            Matching matching, MetadataPatch patch, String writeId, Duration timeout) {
        return writeMatching(matching, patch, writeId, timeout);
    }

    @Override
    public CompletableFuture<WriteReply> deleteMatching(Matching matching, String writeId, Duration timeout) {
        return writeMatching(matching, null, writeId, timeout);
    }

    private CompletableFuture<WriteReply> writeMatching(
            Matching matching, @Nullable MetadataPatch patch, String writeId, Duration timeout) {
        return call(
                matching.filter(),
                timeout,
                left -> repeats.once(
                        new MatchingWrite(current, writer, this::describe, time, matching, patch, writeId), left));
    }

    @Override
    public CompletableFuture<FetchReply> fetch(List<Key> keys, Projection wanted, Duration timeout) {
        return call(() -> {
            Validation.checkKeys(keys, describe());
            return reader.fetch(keys, wanted, timeout);
        });
    }

    @Override
    public CompletableFuture<QueryReply> query(QueryCall query, Duration timeout) {
        return call(query.filter(), timeout, left -> {
            Validation.checkQuery(query, describe());
            CompletableFuture<QueryReply> reply = reader.query(query, left);
            return query.params().isEmpty()
                    ? reply
                    : reply.thenApply(answered -> {
                        queries.heard(current.get(), query.params());
                        return answered;
                    });
        });
    }

    @Override
    public CompletableFuture<ScanReply> scan(ScanCall scan, Duration timeout) {
        return call(scan.filter(), timeout, left -> {
            Validation.checkScan(scan, describe());
            return reader.scan(scan, left);
        });
    }

    @Override
    public CompletableFuture<CountReply> count(@Nullable Filter filter, Duration timeout) {
        return call(filter, timeout, left -> {
            Validation.checkCount(filter, describe());
            return reader.count(filter, left);
        });
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return call(() -> notes.all(timeout));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return call(() -> {
            Validation.checkAttribute(name, value);
            return notes.set(name, value, timeout);
        });
    }
}
