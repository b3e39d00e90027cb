package io.crossfade.proxy.migration.member;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order in which they were given, on whichever thread brings one while none runs. What
 * they own needs no other guard; {@link #check} holds a method to it. Tasks are short and wait for nothing. The queue
 * is lossless; whoever gives tasks bounds it. The idea is gRPC's {@code SynchronizationContext}.
 */
final class SerialContext implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(SerialContext.class);

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Thread> draining = new AtomicReference<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        do {
            if (!draining.compareAndSet(null, Thread.currentThread())) {
                return;
            }
            for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
                run(next);
            }
            draining.set(null);
        } while (!tasks.isEmpty());
    }

    /** Runs a task. One that throws is a bug; those behind it must run all the same. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a task of a member failed", e);
        }
    }

    /**
     * Holds a method to this context.
     *
     * @throws IllegalStateException if it is called outside of it
     */
    void check() {
        if (draining.get() != Thread.currentThread()) {
            throw new IllegalStateException("not in the serial context of the member");
        }
    }
}
