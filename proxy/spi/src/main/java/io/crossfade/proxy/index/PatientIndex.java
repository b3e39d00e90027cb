package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An index whose engine was down when the sidecar started, or that was not there: each call first tries to open it, until
 * that succeeds, so that a sidecar can start while either of its engines is away. A call waits for that no longer than it
 * may last. The attempt under way is guarded by this object's lock.
 */
public final class PatientIndex extends ForwardingIndex {
    private final Time time;
    private volatile boolean missing;
    private volatile boolean isOpen;
    private volatile Supplier<CompletableFuture<Void>> check = () -> CompletableFuture.completedFuture(null);
    private @Nullable CompletableFuture<Void> opening;

    /**
     * @param failed why it could not be opened
     */
    public PatientIndex(VectorIndex index, Throwable failed, Time time) {
        super(index);
        this.time = time;
        this.missing = isMissing(failed);
    }

    private static boolean isMissing(@Nullable Throwable failed) {
        return failed != null
                && Cause.of(failed) instanceof IndexException why
                && why.kind() == IndexException.Kind.MISSING;
    }

    @Override
    public synchronized CompletableFuture<Void> open() {
        if (isOpen) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> underWay = opening;
        if (underWay == null || underWay.isDone()) {
            underWay = index.open()
                    .whenComplete((opened, failed) -> missing = isMissing(failed))
                    .thenCompose(opened -> check.get())
                    .thenRun(() -> isOpen = true);
            opening = underWay;
        }
        return underWay;
    }

    /**
     * Has the engine looked at once it is back, before any call gets there: as long as the check fails, so does each call.
     *
     * @param checked given the index, which then can be called
     */
    public void checkOnceBack(Function<VectorIndex, CompletableFuture<Void>> checked) {
        check = () -> checked.apply(index);
    }

    @Override
    public CompletableFuture<Void> create(List<FilterKey> keys) {
        return isOpen
                ? CompletableFuture.completedFuture(null)
                : index.create(keys).thenRun(() -> isOpen = true);
    }

    @Override
    public CompletableFuture<List<FilterKey>> filterKeys(Duration timeout) {
        return call(timeout, index::filterKeys);
    }

    /** Whether the engine was there, and the index was not, as of the last try to open it. */
    public boolean isMissing() {
        return missing && !isOpen;
    }

    /** Whether some call has reached the engine. */
    public boolean isOpen() {
        return isOpen;
    }

    private CompletableFuture<Void> opened(Duration timeout) {
        return time.within(
                timeout,
                open(),
                () -> new IndexException(
                        IndexException.Kind.DEADLINE,
                        "not reached (expected: it can be opened within " + timeout + ")"));
    }

    /** Makes a call, with what is left of its time. */
    private <T> CompletableFuture<T> call(Duration timeout, Function<Duration, CompletableFuture<T>> call) {
        if (isOpen) {
            return call.apply(timeout);
        }
        long began = time.nanos();
        return opened(timeout).thenCompose(opened -> call.apply(timeout.minusNanos(time.nanos() - began)));
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        if (isOpen) {
            return index.write(writes, timeout);
        }
        long began = time.nanos();
        return Branches.compose(
                opened(timeout),
                (opened, failed) -> failed == null
                        ? index.write(writes, timeout.minusNanos(time.nanos() - began))
                        : CompletableFuture.completedFuture(writes.stream()
                                .<Outcome>map(write -> new Outcome.Failed(failed.toString()))
                                .toList()));
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return call(timeout, left -> index.fetch(keys, wanted, left));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return call(timeout, left -> index.query(query, left));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return call(timeout, left -> index.scan(query, left));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return call(timeout, left -> index.count(filter, left));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return call(timeout, index::attributes);
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return call(timeout, left -> index.setAttribute(name, value, left));
    }
}
