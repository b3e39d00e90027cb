package io.crossfade.proxy.index;

import static java.util.Objects.requireNonNull;

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
import org.jspecify.annotations.Nullable;

/** Another index, of which a subclass changes what it is about. */
public abstract class ForwardingIndex implements VectorIndex {
    protected final VectorIndex index;

    protected ForwardingIndex(VectorIndex index) {
        this.index = requireNonNull(index, "index");
    }

    @Override
    public Capabilities capabilities() {
        return index.capabilities();
    }

    @Override
    public CompletableFuture<Void> open() {
        return index.open();
    }

    @Override
    public CompletableFuture<Void> create(List<FilterKey> keys) {
        return index.create(keys);
    }

    @Override
    public CompletableFuture<List<FilterKey>> filterKeys(Duration timeout) {
        return index.filterKeys(timeout);
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return index.write(writes, timeout);
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return index.fetch(keys, wanted, timeout);
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return index.query(query, timeout);
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return index.scan(query, timeout);
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return index.count(filter, timeout);
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return index.attributes(timeout);
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return index.setAttribute(name, value, timeout);
    }

    @Override
    public Optional<String> trouble() {
        return index.trouble();
    }

    @Override
    public void close() {
        index.close();
    }
}
