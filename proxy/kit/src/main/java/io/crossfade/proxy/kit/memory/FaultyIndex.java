package io.crossfade.proxy.kit.memory;

import static java.util.Objects.requireNonNull;

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
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Another index that misbehaves as a {@link FaultPlan} says. Deterministic if the plan, the other index and the time
 * are. The plan and its counters are one immutable reference, swapped as a whole.
 */
public final class FaultyIndex implements VectorIndex {
    private final VectorIndex index;
    private final Time time;
    private final Duration settle;
    private final FaultyWrites writes;
    private final FaultyReads reads;
    private volatile Faults faults = new Faults(FaultPlan.HEALTHY);

    /**
     * @param settle how long after a timeout a write may still take effect, beyond what the other index says
     */
    public FaultyIndex(VectorIndex index, Time time, Duration settle) {
        this.index = index;
        this.time = time;
        this.settle = settle;
        this.writes = new FaultyWrites(index, time, settle);
        this.reads = new FaultyReads(time);
    }

    /** Follows another plan from the next call on. */
    public void plan(FaultPlan plan) {
        faults = new Faults(plan);
    }

    /** Ends the faults from the next call on; calls that meet one already keep it. */
    public void heal() {
        plan(FaultPlan.HEALTHY);
    }

    @Override
    public Capabilities capabilities() {
        Capabilities able = index.capabilities();
        return able.with(able.unknownSettle().plus(settle), able.embedded());
    }

    @Override
    public CompletableFuture<Void> create(List<FilterKey> keys) {
        return faults.next(FaultPlan.Operation.OPEN) instanceof Fault.Throw thrown
                ? CompletableFuture.failedFuture(injected(thrown.kind()))
                : index.create(keys);
    }

    @Override
    public CompletableFuture<Void> open() {
        Fault fault = faults.next(FaultPlan.Operation.OPEN);
        if (fault instanceof Fault.Throw thrown) {
            return CompletableFuture.failedFuture(injected(thrown.kind()));
        } else if (fault instanceof Fault.Slow slow) {
            return time.rest(slow.delay()).thenCompose(rested -> index.open());
        }
        return fault instanceof Fault.Hang ? new CompletableFuture<>() : index.open();
    }

    @Override
    public CompletableFuture<List<FilterKey>> filterKeys(Duration timeout) {
        return read(timeout, () -> index.filterKeys(timeout));
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> batch, Duration timeout) {
        return writes.write(faults.next(FaultPlan.Operation.WRITE), batch, timeout);
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return read(timeout, () -> index.fetch(keys, wanted, timeout));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return read(timeout, () -> index.query(query, timeout));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return read(timeout, () -> index.scan(query, timeout));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return read(timeout, () -> index.count(filter, timeout));
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return read(timeout, () -> index.attributes(timeout));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return read(timeout, () -> index.setAttribute(name, value, timeout));
    }

    @Override
    public Optional<String> trouble() {
        return index.trouble();
    }

    @Override
    public void close() {
        index.close();
    }

    private <T> CompletableFuture<T> read(Duration timeout, Supplier<CompletableFuture<T>> call) {
        return reads.read(faults.next(FaultPlan.Operation.READ), timeout, call);
    }

    static IndexException injected(IndexException.Kind kind) {
        return new IndexException(kind, "injected fault: " + kind);
    }

    /** A plan and how far it is. */
    private static final class Faults {
        private final FaultPlan plan;
        private final Map<FaultPlan.Operation, AtomicLong> calls = new EnumMap<>(FaultPlan.Operation.class);

        Faults(FaultPlan plan) {
            this.plan = plan;
            for (FaultPlan.Operation operation : FaultPlan.Operation.values()) {
                calls.put(operation, new AtomicLong());
            }
        }

        Fault next(FaultPlan.Operation operation) {
            return plan.next(operation, requireNonNull(calls.get(operation)).getAndIncrement());
        }
    }
}
