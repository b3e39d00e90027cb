package io.crossfade.proxy.plugin;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An index whose driver is not in the jar. */
final class PluginIndex implements VectorIndex {
    private final VectorIndex index;
    private final Boundary boundary;

    PluginIndex(VectorIndex index, Boundary boundary) {
        this.index = index;
        this.boundary = boundary;
    }

    private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        return boundary.call(call, PluginIndex::failure);
    }

    private static IndexException failure(String problem, Throwable cause) {
        return cause instanceof RejectedExecutionException
                ? new IndexException(IndexException.Kind.UNAVAILABLE, String.valueOf(cause.getMessage()), cause)
                : new IndexException(IndexException.Kind.INTERNAL, problem, cause);
    }

    @Override
    public Capabilities capabilities() {
        return boundary.inside(index::capabilities);
    }

    @Override
    public CompletableFuture<Void> open() {
        return call(index::open);
    }

    @Override
    public CompletableFuture<Void> create(List<FilterKey> keys) {
        return call(() -> index.create(keys));
    }

    @Override
    public CompletableFuture<List<FilterKey>> filterKeys(Duration timeout) {
        return call(() -> index.filterKeys(timeout));
    }

    /** Writes. A class that is missing may have been missed when some writes had been sent already. */
    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return call(() -> index.write(writes, timeout))
                .exceptionally(failed -> writes.stream()
                        .<Outcome>map(write -> new Outcome.Unknown(failed.toString()))
                        .toList());
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return call(() -> index.fetch(keys, wanted, timeout));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return call(() -> index.query(query, timeout));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return call(() -> index.scan(query, timeout));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return call(() -> index.count(filter, timeout));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return call(() -> index.attributes(timeout));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return call(() -> index.setAttribute(name, value, timeout));
    }

    @Override
    public Optional<String> trouble() {
        return boundary.inside(index::trouble);
    }

    @Override
    public void close() {
        boundary.inside(() -> {
            index.close();
            return index;
        });
    }
}
