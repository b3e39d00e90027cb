package io.crossfade.proxy.driver.lucene;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that read: one per core, at least two. Lossless: a call that finds the queue full is refused. */
final class Readers implements Executor {
    private static final int CAPACITY = 4096;
    private static final int LEAST = 2;
    private static final int END_SECONDS = 30;

    private final ThreadPoolExecutor threads;

    Readers(String name) {
        int count = Math.max(LEAST, Runtime.getRuntime().availableProcessors());
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                count,
                count,
                END_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(CAPACITY),
                task -> new Thread(task, name + "-" + number.getAndIncrement()));
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    /** Takes no more reads and waits for those at work; whether they have all ended. */
    boolean end() {
        threads.shutdown();
        try {
            return threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
