package io.crossfade.proxy.time;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Another time's clocks and timers, whose tasks run on an executor: for those that take longer than a timer's thread
 * should be kept. No task is lost: one that the executor has no room for is given to it again a little later.
 */
public record TimersOn(Time time, Executor executor) implements Time {
    private static final Duration AGAIN = Duration.ofMillis(10);

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
        return time.after(delay, () -> handOn(task));
    }

    private void handOn(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            time.after(AGAIN, () -> handOn(task));
        }
    }
}
