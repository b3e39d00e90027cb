package io.crossfade.proxy.time;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads of one owner, such as an index, so that one that hangs holds up nobody else. They are made when there is work,
 * and end when there has been none for a while. The queue to them is bounded and lossless: a task that finds it full is
 * refused, by an exception that names the owner.
 */
public final class OwnThreads implements Executor, AutoCloseable {
    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor threads;

    /**
     * @param name of the threads, which are numbered
     * @param owner as messages call it, such as its key in the configuration
     * @param most threads at once
     * @param queue most tasks that wait for one
     */
    public OwnThreads(String name, String owner, int most, int queue) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                most,
                most,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(queue),
                task -> daemon(task, name + "-" + number.incrementAndGet()),
                (task, pool) -> {
                    throw new RejectedExecutionException(refusal(owner, most, queue, pool.isShutdown()));
                });
        threads.allowCoreThreadTimeOut(true);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setContextClassLoader(OwnThreads.class.getClassLoader()); // not that of a plugin which needs a thread
        return thread;
    }

    private static String refusal(String owner, int most, int queue, boolean ended) {
        return ended
                ? owner + ": ended (expected: not closed yet)"
                : owner + ": " + most + " busy, " + queue + " calls wait (expected: room for one more)";
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    /** How many tasks wait for a thread. */
    public int waiting() {
        return threads.getQueue().size();
    }

    /** Takes no more tasks and waits for those that are here; whether they have all ended within the limit. */
    public boolean end(Duration limit) {
        threads.shutdown();
        try {
            return threads.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Takes no more tasks, and waits for none: one that hangs may never end. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
