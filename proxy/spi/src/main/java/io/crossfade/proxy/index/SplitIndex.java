package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Another index that takes calls of any size: those that are larger than its driver takes ({@link Capabilities#maxBatch}) are
 * handed on in pieces, side by side. A call's keys are all different, so that the pieces have no order.
 */
public final class SplitIndex extends ForwardingIndex {
    public SplitIndex(VectorIndex index) {
        super(index);
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        int most = most();
        return writes.size() <= most
                ? index.write(writes, timeout)
                : joined(pieces(writes, most), piece -> index.write(piece, timeout))
                        .thenApply(answers -> {
                            List<Outcome> outcomes = new ArrayList<>(writes.size());
                            answers.forEach(outcomes::addAll);
                            return outcomes;
                        });
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        int most = most();
        return keys.size() <= most
                ? index.fetch(keys, wanted, timeout)
                : joined(pieces(List.copyOf(keys), most), piece -> index.fetch(piece, wanted, timeout))
                        .thenApply(answers -> {
                            Map<Key, StoredDocument> found = new HashMap<>();
                            answers.forEach(found::putAll);
                            return found;
                        });
    }

    /** What the engine takes in one call, once it has said so. */
    private int most() {
        Capabilities able = index.capabilities();
        return able.known() ? Math.max(1, able.maxBatch()) : Integer.MAX_VALUE;
    }

    private static <T> List<List<T>> pieces(List<T> all, int most) {
        List<List<T>> pieces = new ArrayList<>();
        for (int from = 0; from < all.size(); from += most) {
            pieces.add(all.subList(from, Math.min(all.size(), from + most)));
        }
        return pieces;
    }

    private static <P, T> CompletableFuture<List<T>> joined(List<P> pieces, Function<P, CompletableFuture<T>> call) {
        List<CompletableFuture<T>> answers = pieces.stream().map(call).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }
}
