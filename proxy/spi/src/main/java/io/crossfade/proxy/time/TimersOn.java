package io.crossfade.proxy.time;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Another time's clocks and timers, whose tasks run on an executor: for those that take longer than a timer's thread
 * should be kept.
 */
public record TimersOn(Time time, Executor executor) implements Time {
    @Override
    public long wallMillis() {
        return time.wallMillis();
    }

    @Override
    public long nanos() {
        return time.nanos();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        return time.after(delay, () -> executor.execute(task));
    }
}
