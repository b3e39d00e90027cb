package io.crossfade.proxy.harness;

import io.crossfade.proxy.index.ForwardingIndex;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.TimedCall;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A driver that blocks, as one over JDBC does: each call holds one of a few threads until the engine has answered, the
 * others wait for one in their order, and what has waited for as long as it may last never begins.
 */
final class PooledIndex extends ForwardingIndex {
    private final Time time;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final int threads;
    private int held;

    PooledIndex(VectorIndex index, int threads, Time time) {
        super(index);
        this.time = time;
        this.threads = threads;
    }

    /** Whether a call still holds a thread. */
    boolean isBusy() {
        return held > 0;
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return run(TimedCall.write(time, timeout, writes.size()), timeout, left -> super.write(writes, left));
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return read(timeout, left -> super.fetch(keys, wanted, left));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return read(timeout, left -> super.query(query, left));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return read(timeout, left -> super.scan(query, left));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return read(timeout, left -> super.count(filter, left));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return read(timeout, super::attributes);
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return read(timeout, left -> super.setAttribute(name, value, left));
    }

    private <T> CompletableFuture<T> read(Duration timeout, Function<Duration, CompletableFuture<T>> call) {
        return run(TimedCall.read(time, timeout), timeout, call);
    }

    private <T> CompletableFuture<T> run(
            TimedCall<T> call, Duration timeout, Function<Duration, CompletableFuture<T>> work) {
        long ends = time.nanos() + timeout.toNanos();
        waiting.add(() -> onThread(call, ends, work));
        next();
        return call.future();
    }

    private void next() {
        while (held < threads && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    private <T> void onThread(TimedCall<T> call, long ends, Function<Duration, CompletableFuture<T>> work) {
        if (!call.begin()) {
            return;
        }
        held++;
        Branches.take(work.apply(Duration.ofNanos(Math.max(1, ends - time.nanos()))), (answer, failed) -> {
            held--;
            if (failed == null) {
                call.answer(answer);
            } else {
                call.giveUp(
                        Cause.of(failed) instanceof IndexException problem
                                ? problem
                                : new IndexException(IndexException.Kind.INTERNAL, "index: " + failed));
            }
            next();
        });
    }
}
