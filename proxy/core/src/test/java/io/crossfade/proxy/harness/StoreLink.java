package io.crossfade.proxy.harness;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.Heard;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A process's way to the control store. It may be slow, so that calls arrive in any order; calls, answers and hints may
 * be lost, or a call be late. While it is cut, calls wait, and so do hints.
 */
public final class StoreLink implements ControlStore {
    /** What becomes of a call. */
    public enum Fate {
        /** An answer. */
        ANSWERED,
        /** A failure; it does not arrive. */
        LOST,
        /** A failure, though it has arrived. */
        ANSWER_LOST,
        /** A failure; it arrives later. */
        LATE
    }

    private static final Duration LATE = Duration.ofMillis(300);

    private final ControlStore store;
    private final Life life;
    private final Time time;
    private final Heard heard;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final Set<Hint> missed = new LinkedHashSet<>();
    private Supplier<Duration> latency = () -> Duration.ZERO;
    private Supplier<Fate> fate = () -> Fate.ANSWERED;
    private Supplier<Boolean> losesHint = () -> false;
    private boolean cut;
    private boolean delayed;

    private record Hint(Consumer<String> listener, String name) {}

    public StoreLink(ControlStore store, Life life, Time time) {
        this.store = store;
        this.life = life;
        this.time = time;
        this.heard = new Heard(time);
    }

    /** How long the next call, or the next hint, is under way. */
    public void latency(Supplier<Duration> next) {
        latency = next;
    }

    /**
     * Sets what else goes wrong.
     *
     * @param nextCall what becomes of the next call
     * @param nextHint whether the next hint is lost
     */
    public void trouble(Supplier<Fate> nextCall, Supplier<Boolean> nextHint) {
        fate = nextCall;
        losesHint = nextHint;
    }

    public void cut() {
        cut = true;
    }

    /** Lets changes wait, as while it is cut; everything else goes on. */
    public void delayChanges() {
        delayed = true;
    }

    /** Lets calls reach the store again, and listeners hear of what they have missed. */
    public void mend() {
        cut = false;
        delayed = false;
        for (Runnable call = waiting.poll(); call != null; call = waiting.poll()) {
            call.run();
        }
        Set<Hint> late = new LinkedHashSet<>(missed);
        missed.clear();
        late.forEach(this::tell);
    }

    private void hint(Hint hint) {
        if (!losesHint.get()) {
            later(latency.get(), () -> tell(hint));
        }
    }

    private void tell(Hint hint) {
        if (cut) {
            missed.add(hint);
        } else {
            life.heard(CompletableFuture.completedFuture(hint.name())).thenAccept(hint.listener());
        }
    }

    private void later(Duration delay, Runnable task) {
        if (delay.isZero()) {
            task.run();
        } else {
            time.after(delay, task);
        }
    }

    private <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        return heard.call(() -> {
            CompletableFuture<T> answer = new CompletableFuture<>();
            send(false, call, answer);
            return answer;
        });
    }

    private CompletableFuture<Change> change(Supplier<CompletableFuture<Change>> call) {
        return heard.call(() -> {
            CompletableFuture<Change> answer = new CompletableFuture<>();
            send(true, call, answer);
            return answer;
        });
    }

    private <T> void send(boolean changes, Supplier<CompletableFuture<T>> call, CompletableFuture<T> answer) {
        if (life.isOver()) {
            return;
        }
        if (cut || (delayed && changes)) {
            waiting.add(() -> send(changes, call, answer));
            return;
        }
        Fate next = fate.get();
        later(
                latency.get(),
                () -> life.heard(answered(next, call)).whenComplete((value, failed) -> {
                    if (failed == null) {
                        answer.complete(value);
                    } else {
                        answer.completeExceptionally(failed);
                    }
                }));
    }

    private <T> CompletableFuture<T> answered(Fate next, Supplier<CompletableFuture<T>> call) {
        CompletableFuture<T> failed =
                CompletableFuture.failedFuture(new ControlException("control store: no answer (expected: one)"));
        switch (next) {
            case ANSWERED -> {
                return call.get();
            }
            case ANSWER_LOST -> {
                return call.get().thenCompose(lost -> failed);
            }
            case LATE ->
                time.after(LATE, () -> {
                    var unused = call.get();
                });
            case LOST -> {}
        }
        return failed;
    }

    @Override
    public CompletableFuture<Optional<Versioned>> read(String name) {
        return call(() -> store.read(name));
    }

    @Override
    public CompletableFuture<Change> compareAndSet(String name, Revision expected, byte[] value) {
        return change(() -> store.compareAndSet(name, expected, value));
    }

    @Override
    public CompletableFuture<Change> delete(String name, Revision expected) {
        return change(() -> store.delete(name, expected));
    }

    @Override
    public CompletableFuture<SortedMap<String, Versioned>> list(String prefix) {
        return call(() -> store.list(prefix));
    }

    @Override
    public Watch watch(String prefix, Consumer<String> listener) {
        return store.watch(prefix, name -> hint(new Hint(listener, name)));
    }

    @Override
    public OptionalLong heardAt() {
        return heard.at();
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
