package io.crossfade.proxy.harness;

import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.journal.Turns;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A process: when it ends, its timers, its tasks and the answers on their way to it are gone; while it is paused, they
 * wait. Has a wall clock of its own.
 */
public final class Life {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final Set<Runnable> onEnd = new LinkedHashSet<>();
    private final Duration clockError;
    private volatile boolean over;
    private boolean paused;

    public Life() {
        this(Duration.ZERO);
    }

    /**
     * @param clockError how far ahead of true time its wall clock is
     */
    public Life(Duration clockError) {
        this.clockError = clockError;
    }

    public void end() {
        over = true;
        waiting.clear();
        onEnd.forEach(Runnable::run);
        onEnd.clear();
    }

    public boolean isOver() {
        return over;
    }

    /** Nothing happens in it until {@link #resume}. */
    public void pause() {
        paused = true;
    }

    public boolean isPaused() {
        return paused;
    }

    /** What has waited happens now, in its order. */
    public void resume() {
        paused = false;
        for (Runnable task = waiting.poll(); task != null && !over; task = waiting.poll()) {
            task.run();
        }
    }

    private void run(Runnable task) {
        if (paused && !over) {
            waiting.add(task);
        } else if (!over) {
            task.run();
        }
    }

    /** The same answer, as long as there is somebody to hear it. */
    public <T> CompletableFuture<T> heard(CompletableFuture<T> answer) {
        CompletableFuture<T> heard = new CompletableFuture<>();
        answer.whenComplete((value, failed) -> run(() -> {
            if (failed == null) {
                heard.complete(value);
            } else {
                heard.completeExceptionally(failed);
            }
        }));
        return heard;
    }

    /** Runs tasks one at a time, as soon as time goes on. */
    public Executor executor(Time time) {
        return task -> time(time).after(Duration.ZERO, task);
    }

    /** Its threads take turns, all of them. */
    Turns turns(Time time) {
        Executor next = executor(time);
        return task -> {
            next.execute(task);
            return true;
        };
    }

    /**
     * Time for what the process has sent: it goes on when the process has ended, but then all of it happens within a
     * bound.
     */
    Time landing(Time time, Duration afterEnd) {
        return new Time() {
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
                long due = nanos() + delay.toNanos();
                Runnable[] hasten = new Runnable[1];
                Timer timer = time.after(delay, () -> {
                    onEnd.remove(hasten[0]);
                    task.run();
                });
                hasten[0] = () -> {
                    if (due - nanos() > afterEnd.toNanos()) {
                        timer.cancel();
                        time.after(afterEnd, task);
                    }
                };
                onEnd.add(hasten[0]);
                return () -> {
                    onEnd.remove(hasten[0]);
                    timer.cancel();
                };
            }
        };
    }

    /** The process's view of time. */
    public Time time(Time time) {
        return new Time() {
            @Override
            public long wallMillis() {
                return time.wallMillis() + clockError.toMillis();
            }

            @Override
            public long nanos() {
                return time.nanos();
            }

            @Override
            public Timer after(Duration delay, Runnable task) {
                boolean[] cancelled = new boolean[1];
                Timer timer = time.after(
                        delay,
                        () -> run(() -> {
                            if (!cancelled[0]) {
                                task.run();
                            }
                        }));
                return () -> {
                    cancelled[0] = true;
                    timer.cancel();
                };
            }
        };
    }
}
