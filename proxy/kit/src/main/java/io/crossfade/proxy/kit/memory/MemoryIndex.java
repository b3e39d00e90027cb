package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ParamSupport;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.TimedCall;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a {@link MemoryStore}. Searches are exact: every vector is compared. Everything is gone when the
 * process ends.
 */
public final class MemoryIndex implements VectorIndex {
    /** A search looks at all documents, whatever is asked for. */
    private static final ParamSupport PARAMS = ParamSupport.of(Map.of("ef", new ParamSupport.WholeNumber(1, 10_000)));

    private static final Capabilities CAPABILITIES =
            new Capabilities(EnumSet.allOf(Filter.Operator.class), PARAMS, 1000, Duration.ZERO, true);

    private final IndexDefinition definition;
    private final MemoryStore store;
    private final MemoryReader reader;
    private final Executor executor;
    private final Time time;
    private volatile boolean closed;

    public MemoryIndex(IndexDefinition definition, MemoryStore store, Executor executor, Time time) {
        this.definition = definition;
        this.store = store;
        this.reader = new MemoryReader(definition, store);
        this.executor = executor;
        this.time = time;
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public CompletableFuture<Void> open() {
        return CompletableFuture.runAsync(() -> store.open(definition), executor);
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return TimedCall.write(time, timeout, writes.size())
                .run(this::execute, () -> writes.stream().map(this::apply).toList());
    }

    private Outcome apply(IndexWrite write) {
        String problem = VectorCheck.problem(definition.vectors(), write);
        return problem == null ? store.apply(write) : new Outcome.Rejected(problem);
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return read(timeout, () -> reader.fetch(keys, wanted));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return read(timeout, () -> {
            PARAMS.require(query.params());
            return reader.query(query);
        });
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return read(timeout, () -> reader.scan(query));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return read(timeout, () -> reader.count(filter));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return read(timeout, () -> new HashMap<>(store.attributes()));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return this.<Object>read(
                        timeout,
                        () -> value.isEmpty()
                                ? store.attributes().remove(name)
                                : store.attributes().put(name, value))
                .thenAccept(previous -> {});
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Refuses work once closed. */
    private void execute(Runnable work) {
        if (closed) {
            throw new RejectedExecutionException("closed");
        }
        executor.execute(work);
    }

    private <T> CompletableFuture<T> read(Duration timeout, Supplier<T> work) {
        return TimedCall.<T>read(time, timeout).run(this::execute, work);
    }
}
