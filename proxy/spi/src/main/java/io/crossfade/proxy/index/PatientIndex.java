package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.Cause;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An index whose engine was down when the sidecar started, or that was not there: each call first tries to open it, until
 * that succeeds, so that a sidecar can start while either of its engines is away. The attempt under way is guarded by this
 * object's lock.
 */
public final class PatientIndex implements VectorIndex {
    private final VectorIndex index;
    private final boolean missing;
    private volatile boolean isOpen;
    private @Nullable CompletableFuture<Void> opening;

    /**
     * @param failed why it could not be opened
     */
    public PatientIndex(VectorIndex index, Throwable failed) {
        this.index = index;
        this.missing = Cause.of(failed) instanceof IndexException why && why.kind() == IndexException.Kind.MISSING;
    }

    @Override
    public synchronized CompletableFuture<Void> open() {
        if (isOpen) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> underWay = opening;
        if (underWay == null || underWay.isDone()) {
            underWay = index.open().thenRun(() -> isOpen = true);
            opening = underWay;
        }
        return underWay;
    }

    @Override
    public CompletableFuture<Void> create() {
        return isOpen ? CompletableFuture.completedFuture(null) : index.create().thenRun(() -> isOpen = true);
    }

    /** Whether the engine was there, and the index was not. */
    public boolean isMissing() {
        return missing && !isOpen;
    }

    /** Whether some call has reached the engine. */
    public boolean isOpen() {
        return isOpen;
    }

    private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        return isOpen ? call.get() : open().thenCompose(opened -> call.get());
    }

    @Override
    public Capabilities capabilities() {
        return index.capabilities();
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        if (isOpen) {
            return index.write(writes, timeout);
        }
        return open().handle((opened, failed) -> failed)
                .thenCompose(failed -> failed == null
                        ? index.write(writes, timeout)
                        : CompletableFuture.completedFuture(writes.stream()
                                .<Outcome>map(write -> new Outcome.Failed(failed.toString()))
                                .toList()));
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
        return index.trouble();
    }

    @Override
    public void close() {
        index.close();
    }
}
