package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.TimedCall;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
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
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Another index behind a client that blocks, as JDBC does: each call keeps a thread until it is answered. While it hangs,
 * calls keep their threads, whatever their timeout, and are never done.
 */
public final class BlockingIndex implements VectorIndex {
    private final VectorIndex index;
    private final VectorIndexProvider.Context context;
    private volatile CountDownLatch answering = new CountDownLatch(0);

    /**
     * @param index must not need the threads of the context
     */
    public BlockingIndex(VectorIndex index, VectorIndexProvider.Context context) {
        this.index = index;
        this.context = context;
    }

    /** Answers no call from now on. */
    public void hang() {
        answering = new CountDownLatch(1);
    }

    /** Calls that hang are lost; later ones are answered. */
    public void recover() {
        answering.countDown();
    }

    private <T> CompletableFuture<T> call(TimedCall<T> call, Supplier<CompletableFuture<T>> there) {
        return call.run(context.blocking(), () -> {
            requireConnection();
            return there.get().join();
        });
    }

    private void requireConnection() {
        CountDownLatch answer = answering;
        if (answer.getCount() == 0) {
            return;
        }
        try {
            answer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IndexException(IndexException.Kind.UNAVAILABLE, "connection: lost (expected: an answer)");
    }

    @Override
    public Capabilities capabilities() {
        Capabilities able = index.capabilities();
        return able.with(able.unknownSettle(), false);
    }

    @Override
    public CompletableFuture<Void> create(List<FilterKey> keys) {
        return CompletableFuture.runAsync(this::requireConnection, context.blocking())
                .thenCompose(connected -> index.create(keys));
    }

    @Override
    public Optional<String> trouble() {
        return index.trouble();
    }

    @Override
    public CompletableFuture<Void> open() {
        return CompletableFuture.runAsync(this::requireConnection, context.blocking())
                .thenCompose(connected -> index.open());
    }

    @Override
    public CompletableFuture<List<FilterKey>> filterKeys(Duration timeout) {
        return call(TimedCall.read(context.time(), timeout), () -> index.filterKeys(timeout));
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return call(TimedCall.write(context.time(), timeout, writes.size()), () -> index.write(writes, timeout));
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return call(TimedCall.read(context.time(), timeout), () -> index.fetch(keys, wanted, timeout));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return call(TimedCall.read(context.time(), timeout), () -> index.query(query, timeout));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return call(TimedCall.read(context.time(), timeout), () -> index.scan(query, timeout));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return call(TimedCall.read(context.time(), timeout), () -> index.count(filter, timeout));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return call(TimedCall.read(context.time(), timeout), () -> index.attributes(timeout));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return call(TimedCall.read(context.time(), timeout), () -> index.setAttribute(name, value, timeout));
    }

    @Override
    public void close() {
        index.close();
    }
}
