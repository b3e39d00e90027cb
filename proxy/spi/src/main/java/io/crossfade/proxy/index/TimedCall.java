package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * One call to an engine, answered exactly once: by the engine, or at the timeout. A call that has not begun by then
 * never begins, so that its writes are known not to happen, not even in a process that was stopped meanwhile and whose
 * timers are late; one without any time left is answered at once.
 *
 * @param <T> the answer
 */
public final class TimedCall<T> {
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private final Ending<T> ending;
    private final Time time;
    private final long ends;
    private final Time.Timer timer;

    private TimedCall(Time time, Duration timeout, Ending<T> ending) {
        this.ending = ending;
        this.time = time;
        this.ends = time.nanos() + timeout.toNanos();
        timer = time.after(
                timeout, () -> giveUp(IndexException.Kind.DEADLINE, "no answer within " + timeout.toMillis() + " ms"));
        if (timeout.isZero() || timeout.isNegative()) {
            giveUp(IndexException.Kind.DEADLINE, "time was over before it was asked");
        }
    }

    /** A call that writes. Given up, its writes are {@code Failed} if it has not begun, else {@code Unknown}. */
    public static TimedCall<List<Outcome>> write(Time time, Duration timeout, int writes) {
        return new TimedCall<>(time, timeout, (future, problem, begun) -> {
            String reason = String.valueOf(problem.getMessage());
            Outcome outcome = begun ? new Outcome.Unknown(reason) : new Outcome.Failed(reason);
            future.complete(Collections.nCopies(writes, outcome));
        });
    }

    /** A call that reads. Given up, it fails. */
    public static <T> TimedCall<T> read(Time time, Duration timeout) {
        return new TimedCall<>(time, timeout, (future, problem, begun) -> future.completeExceptionally(problem));
    }

    /** Claims the call for the engine; false if it is too late and nothing may be done. */
    public boolean begin() {
        return time.nanos() - ends < 0 && claimed.compareAndSet(false, true);
    }

    public void answer(T value) {
        timer.cancel();
        future.complete(value);
    }

    /** Answers without the engine. It will not begin any more. */
    public void giveUp(IndexException problem) {
        timer.cancel();
        ending.end(future, problem, !claimed.compareAndSet(false, true));
    }

    /**
     * Does the work on the executor, unless the timeout comes first. If the executor has no room, or has ended, nothing is
     * sent, and the answer says whose room there was not.
     */
    public CompletableFuture<T> run(Executor executor, Supplier<T> work) {
        try {
            executor.execute(() -> runIfWanted(work));
        } catch (RejectedExecutionException e) {
            giveUp(IndexException.Kind.UNAVAILABLE, "not sent: " + e.getMessage());
        }
        return future;
    }

    private void runIfWanted(Supplier<T> work) {
        if (!begin()) {
            return;
        }
        try {
            answer(work.get());
        } catch (RuntimeException | Error e) {
            Throwable cause = Cause.of(e);
            giveUp(
                    cause instanceof IndexException index
                            ? index
                            : new IndexException(IndexException.Kind.INTERNAL, "index: " + cause, cause));
        }
    }

    private void giveUp(IndexException.Kind kind, String message) {
        giveUp(new IndexException(kind, message));
    }

    public CompletableFuture<T> future() {
        return future;
    }

    /** The way in which a call ends that the engine did not answer. */
    @FunctionalInterface
    private interface Ending<T> {
        void end(CompletableFuture<T> future, IndexException problem, boolean begun);
    }
}
