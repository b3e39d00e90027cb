package io.crossfade.proxy.time;

import java.time.Duration;

/** The only source of time and timers. */
public interface Time {
    /** Milliseconds since 1970; may jump. */
    long wallMillis();

    /** Monotonic nanoseconds, for durations. */
    long nanos();

    /** Runs a short task once, after the delay, on a timer thread. It must not block. */
    Timer after(Duration delay, Runnable task);

    /** A task that waits to run. */
    @FunctionalInterface
    interface Timer {
        /** Has no effect if the task ran already. */
        void cancel();
    }
}
