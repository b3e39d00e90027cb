package io.crossfade.proxy.serve;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.FetchReply;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.QueryReply;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Projection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A collection that works on a limited number of calls at once and refuses more, so that one whose engine hangs leaves
 * the others their share. Lossless: a call is refused before any of it is done. It counts until its work has ended,
 * atomically.
 */
public final class LimitedCollection implements Collection {
    private final String name;
    private final Collection collection;
    private final int limit;
    private final AtomicInteger running = new AtomicInteger();

    /**
     * @param name for messages
     * @param limit at least 1
     */
    public LimitedCollection(String name, Collection collection, int limit) {
        this.name = name;
        this.collection = collection;
        this.limit = limit;
    }

    private <T> CompletableFuture<T> counted(Supplier<CompletableFuture<T>> call) {
        if (running.incrementAndGet() > limit) {
            running.decrementAndGet();
            return CompletableFuture.failedFuture(new CallException(
                    CallException.Kind.EXHAUSTED,
                    "calls in flight of " + name + ": " + limit + " already (expected: fewer than " + limit
                            + "); try again"));
        }
        try {
            return call.get().whenComplete((reply, failed) -> running.decrementAndGet());
        } catch (Throwable e) {
            running.decrementAndGet();
            throw e;
        }
    }

    @Override
    public Description describe() {
        return collection.describe();
    }

    @Override
    public CompletableFuture<WriteReply> write(WriteCall call, Duration timeout) {
        return counted(() -> collection.write(call, timeout));
    }

    @Override
    public CompletableFuture<WriteReply> updateMatching(
            Matching matching, MetadataPatch patch, String writeId, Duration timeout) {
        return counted(() -> collection.updateMatching(matching, patch, writeId, timeout));
    }

    @Override
    public CompletableFuture<WriteReply> deleteMatching(Matching matching, String writeId, Duration timeout) {
        return counted(() -> collection.deleteMatching(matching, writeId, timeout));
    }

    @Override
    public CompletableFuture<FetchReply> fetch(List<Key> keys, Projection wanted, Duration timeout) {
        return counted(() -> collection.fetch(keys, wanted, timeout));
    }

    @Override
    public CompletableFuture<QueryReply> query(QueryCall query, Duration timeout) {
        return counted(() -> collection.query(query, timeout));
    }

    @Override
    public CompletableFuture<ScanReply> scan(ScanCall scan, Duration timeout) {
        return counted(() -> collection.scan(scan, timeout));
    }

    @Override
    public CompletableFuture<CountReply> count(@Nullable Filter filter, Duration timeout) {
        return counted(() -> collection.count(filter, timeout));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return counted(() -> collection.attributes(timeout));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return counted(() -> collection.setAttribute(name, value, timeout));
    }
}
