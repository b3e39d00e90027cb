package io.crossfade.proxy.sim;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A process's way to the control store. It may be slow: what the process sends arrives in any order, what it watches in
 * the order of changes. While it is cut, calls wait, and so does what is watched.
 */
public final class StoreLink implements ControlStore {
    private final ControlStore store;
    private final Life life;
    private final Time time;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final Map<Consumer<Versioned>, Versioned> missed = new LinkedHashMap<>();
    private Supplier<Duration> latency = () -> Duration.ZERO;
    private long lastToldNanos;
    private boolean cut;
    private boolean delayed;

    StoreLink(ControlStore store, Life life, Time time) {
        this.store = store;
        this.life = life;
        this.time = time;
    }

    /** How long the next call, or the next change to hear of, is under way. */
    public void latency(Supplier<Duration> next) {
        latency = next;
    }

    public void cut() {
        cut = true;
    }

    /** Calls wait, as while it is cut, but changes are heard of. */
    public void delayCalls() {
        delayed = true;
    }

    /** Calls reach the store now, and listeners hear of the latest that they have missed. */
    public void mend() {
        cut = false;
        delayed = false;
        for (Runnable call = waiting.poll(); call != null; call = waiting.poll()) {
            call.run();
        }
        Map<Consumer<Versioned>, Versioned> latest = new LinkedHashMap<>(missed);
        missed.clear();
        latest.forEach(this::tell);
    }

    private void tellLater(Consumer<Versioned> listener, Versioned state) {
        lastToldNanos = Math.max(lastToldNanos, time.nanos() + latency.get().toNanos());
        later(Duration.ofNanos(lastToldNanos - time.nanos()), () -> {
            if (cut) {
                missed.put(listener, state);
            } else {
                tell(listener, state);
            }
        });
    }

    private void later(Duration delay, Runnable task) {
        if (delay.isZero()) {
            task.run();
        } else {
            time.after(delay, task);
        }
    }

    private void tell(Consumer<Versioned> listener, Versioned state) {
        life.heard(CompletableFuture.completedFuture(state)).thenAccept(listener);
    }

    private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        if (life.isOver()) {
            return new CompletableFuture<>();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (cut || delayed) {
            waiting.add(() -> call(call).thenAccept(answer::complete));
        } else {
            later(latency.get(), () -> life.heard(call.get()).thenAccept(answer::complete));
        }
        return answer;
    }

    @Override
    public CompletableFuture<Optional<Versioned>> read(String record) {
        return call(() -> store.read(record));
    }

    @Override
    public CompletableFuture<Boolean> compareAndSet(String record, long expectedRevision, byte[] value) {
        return call(() -> store.compareAndSet(record, expectedRevision, value));
    }

    @Override
    public Watch watch(String record, Consumer<Versioned> listener) {
        return store.watch(record, state -> tellLater(listener, state));
    }

    @Override
    public boolean isShared() {
        return store.isShared();
    }

    @Override
    public void close() {
        // The store is everybody's.
    }
}
