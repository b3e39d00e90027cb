package io.crossfade.proxy.time;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The only source of time and timers. */
public interface Time {
    /** The wall clock in milliseconds since 1970; it may jump. */
    long wallMillis();

    /** The monotonic clock in nanoseconds, for durations. */
    long nanos();

    /** Runs a short task once, after the delay, on a timer thread. It must not block. */
    Timer after(Duration delay, Runnable task);

    /** Completes after the delay, on a timer thread. */
    default CompletableFuture<Void> rest(Duration delay) {
        CompletableFuture<Void> rested = new CompletableFuture<>();
        after(delay, () -> rested.complete(null));
        return rested;
    }

    /**
     * Completes as the future does, or fails with what is given if that takes longer than the limit. The future itself
     * goes on.
     */
    default <T> CompletableFuture<T> within(
            Duration limit, CompletableFuture<T> future, Supplier<? extends Throwable> late) {
        CompletableFuture<T> inTime = future.copy();
        Timer timer = after(limit, () -> inTime.completeExceptionally(late.get()));
        return inTime.whenComplete((done, failed) -> timer.cancel());
    }

    /** A task that waits to run. */
    @FunctionalInterface
    interface Timer {
        /** Cancels the task; has no effect if it has run already. */
        void cancel();
    }
}
