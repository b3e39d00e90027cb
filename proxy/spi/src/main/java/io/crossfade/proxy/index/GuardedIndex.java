package io.crossfade.proxy.index;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A driver, believed no more than its answers say, so that no fault of one keeps a call, its lanes and its marks under way
 * for ever. One that throws, if only an Error, fails, answers a write with another number of outcomes than it was given
 * writes, or gives no answer at all within its limit and the {@link Unanswered} grace: what it wrote is unknown, and what it
 * read has failed. Everything that calls a driver does so through this.
 */
public final class GuardedIndex extends ForwardingIndex {
    private final Unanswered unanswered;

    /**
     * @param name of the index, for messages
     */
    public GuardedIndex(String name, VectorIndex driver, Time time) {
        super(driver);
        this.unanswered = new Unanswered(name, time);
    }

    private static <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        try {
            return requireNonNull(call.get(), "no future");
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> CompletableFuture<T> call(String what, Duration timeout, Supplier<CompletableFuture<T>> call) {
        return unanswered.within(timeout, what, call(call));
    }

    private <T> CompletableFuture<T> read(String what, Duration timeout, Supplier<CompletableFuture<T>> call) {
        return call(what, timeout, call).thenApply(read -> requireNonNull(read, "no result"));
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return call("write", timeout, () -> index.write(writes, timeout))
                .handle((outcomes, failed) -> checked(outcomes, failed, writes.size()));
    }

    private static List<Outcome> checked(@Nullable List<Outcome> outcomes, @Nullable Throwable failed, int expected) {
        if (outcomes != null && outcomes.size() == expected) {
            return outcomes;
        }
        String reason = failed != null
                ? Cause.of(failed).toString()
                : (outcomes == null ? "no" : outcomes.size()) + " outcomes (expected: " + expected
                        + ", one for each write)";
        return Collections.nCopies(expected, new Outcome.Unknown(reason));
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
        return read("filterKeys", timeout, () -> index.filterKeys(timeout));
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return read("fetch", timeout, () -> index.fetch(keys, wanted, timeout));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return read("query", timeout, () -> index.query(query, timeout));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return read("scan", timeout, () -> index.scan(query, timeout));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return read("count", timeout, () -> index.count(filter, timeout));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return read("attributes", timeout, () -> index.attributes(timeout));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return call("setAttribute", timeout, () -> index.setAttribute(name, value, timeout));
    }
}
