package io.crossfade.proxy.harness;

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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Another index whose calls wait at a gate while it is shut: a test says when each reaches the engine and when its
 * answer comes back. Also counts calls.
 */
public final class GatedIndex implements VectorIndex {
    private final VectorIndex index;
    private final Life life;
    private final Duration settle;
    private final List<Held<List<Outcome>>> writes = new ArrayList<>();
    private final List<Held<Map<Key, StoredDocument>>> fetches = new ArrayList<>();
    private final List<List<IndexWrite>> seen = new ArrayList<>();
    private boolean holdsWrites;
    private boolean holdsFetches;
    private @Nullable Error thrown;

    /**
     * @param settle of its capabilities, beyond what the other index says
     */
    public GatedIndex(VectorIndex index, Life life, Duration settle) {
        this.index = index;
        this.life = life;
        this.settle = settle;
    }

    /** A call at the gate. */
    public static final class Held<T> {
        private final Supplier<CompletableFuture<T>> call;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private @Nullable CompletableFuture<T> landed;

        private Held(Supplier<CompletableFuture<T>> call) {
            this.call = call;
        }

        /** The call reaches the engine; its answer is not back yet. */
        public Held<T> land() {
            if (landed == null) {
                landed = call.get();
            }
            return this;
        }

        /** The engine's answer comes back. */
        public void answer() {
            land();
            java.util.Objects.requireNonNull(landed).whenComplete((value, failed) -> {
                if (failed == null) {
                    answer.complete(value);
                } else {
                    answer.completeExceptionally(failed);
                }
            });
        }

        /** Another answer comes back, whatever the engine did. */
        public void answer(T value) {
            answer.complete(value);
        }
    }

    public void holdWrites(boolean hold) {
        holdsWrites = hold;
    }

    /** Writes are held no longer, and those that were get the engine's answers. */
    public void releaseWrites() {
        holdsWrites = false;
        writes.forEach(Held::answer);
    }

    /** The next call of the driver does not return. */
    public void throwOnce(Error error) {
        thrown = error;
    }

    private void throwIfToldTo() {
        Error error = thrown;
        thrown = null;
        if (error != null) {
            throw error;
        }
    }

    public void holdFetches(boolean hold) {
        holdsFetches = hold;
    }

    /** The n-th write that was held, from 0. */
    public Held<List<Outcome>> write(int n) {
        return writes.get(n);
    }

    /** The n-th fetch that was held, from 0. */
    public Held<Map<Key, StoredDocument>> fetch(int n) {
        return fetches.get(n);
    }

    public int heldWrites() {
        return writes.size();
    }

    public int heldFetches() {
        return fetches.size();
    }

    /** All batches that were written, held or not. */
    public List<List<IndexWrite>> seen() {
        return seen;
    }

    @Override
    public CompletableFuture<List<FilterKey>> filterKeys(Duration timeout) {
        return life.heard(index.filterKeys(timeout));
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> batch, Duration timeout) {
        throwIfToldTo();
        if (life.isOver()) {
            return new CompletableFuture<>();
        }
        seen.add(batch);
        Held<List<Outcome>> held = new Held<>(() -> index.write(batch, timeout));
        if (holdsWrites) {
            writes.add(held);
        } else {
            held.answer();
        }
        return life.heard(held.answer);
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        throwIfToldTo();
        if (life.isOver()) {
            return new CompletableFuture<>();
        }
        Held<Map<Key, StoredDocument>> held = new Held<>(() -> index.fetch(keys, wanted, timeout));
        if (holdsFetches) {
            fetches.add(held);
        } else {
            held.answer();
        }
        return life.heard(held.answer);
    }

    /** For a held write of so many documents. */
    public static List<Outcome> all(int count, Outcome outcome) {
        return Collections.nCopies(count, outcome);
    }

    public static Outcome unknown() {
        return new Outcome.Unknown("timeout");
    }

    public static IndexException unavailable() {
        return new IndexException(IndexException.Kind.UNAVAILABLE, "down");
    }

    @Override
    public Capabilities capabilities() {
        Capabilities able = index.capabilities();
        return able.with(able.unknownSettle().plus(settle), false);
    }

    @Override
    public CompletableFuture<Void> create(List<FilterKey> keys) {
        return life.heard(index.create(keys));
    }

    @Override
    public CompletableFuture<Void> open() {
        return life.heard(index.open());
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        throwIfToldTo();
        return life.heard(index.query(query, timeout));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        throwIfToldTo();
        return life.heard(index.scan(query, timeout));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        throwIfToldTo();
        return life.heard(index.count(filter, timeout));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        throwIfToldTo();
        return life.heard(index.attributes(timeout));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return life.heard(index.setAttribute(name, value, timeout));
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
