package io.crossfade.proxy.harness;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.ForwardingIndex;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Takes so many documents a call, and refuses calls with more. */
final class NarrowIndex extends ForwardingIndex {
    private final int most;

    NarrowIndex(VectorIndex index, int most) {
        super(index);
        this.most = most;
    }

    @Override
    public Capabilities capabilities() {
        Capabilities all = super.capabilities();
        return new Capabilities(
                all.known(),
                all.filterOperators(),
                all.filters(),
                all.params(),
                most,
                all.stored(),
                all.unknownSettle(),
                all.embedded());
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return writes.size() > most ? tooMany(writes.size()) : super.write(writes, timeout);
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return keys.size() > most ? tooMany(keys.size()) : super.fetch(keys, wanted, timeout);
    }

    private <T> CompletableFuture<T> tooMany(int size) {
        return CompletableFuture.failedFuture(
                new IndexException(IndexException.Kind.INVALID, size + " documents (expected: at most " + most + ")"));
    }
}
