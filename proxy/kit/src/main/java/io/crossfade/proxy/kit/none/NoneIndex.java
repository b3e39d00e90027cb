package io.crossfade.proxy.kit.none;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.Hit;
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
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An index that answers {@code Applied} to every write, on the caller's thread, and is always empty. */
final class NoneIndex implements VectorIndex {
    private static final int MAX_BATCH = 1000;
    private static final Capabilities CAPABILITIES =
            new Capabilities(EnumSet.allOf(Filter.Operator.class), MAX_BATCH, Duration.ZERO, false);

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public CompletableFuture<Void> open() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return CompletableFuture.completedFuture(Collections.nCopies(writes.size(), Outcome.APPLIED));
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return CompletableFuture.completedFuture(Map.of());
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return CompletableFuture.completedFuture(new ScanPage(List.of(), ""));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return CompletableFuture.completedFuture(Map.of());
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
