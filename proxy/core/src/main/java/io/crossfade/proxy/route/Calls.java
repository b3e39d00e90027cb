package io.crossfade.proxy.route;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts calls that are under way, so that somebody can wait until they have ended. Lock-free: the count and the closed
 * flag are one number.
 */
public final class Calls {
    private static final long CLOSED = 1L << 62;

    private final AtomicLong state = new AtomicLong();
    private final ConcurrentLinkedQueue<CompletableFuture<Void>> idleWaiters = new ConcurrentLinkedQueue<>();

    /** Counts a call in, for which {@link #exit} must follow; false once closed. */
    public boolean enter() {
        long before = state.getAndIncrement();
        if (before >= CLOSED) {
            exit();
            return false;
        }
        return true;
    }

    public void exit() {
        long left = state.decrementAndGet();
        if (left == 0 || left == CLOSED) {
            tellIdle();
        }
    }

    public long count() {
        return state.get() & ~CLOSED;
    }

    /** Completes at the next moment without calls; new ones may enter before and after. */
    public CompletableFuture<Void> whenIdle() {
        CompletableFuture<Void> idle = new CompletableFuture<>();
        idleWaiters.add(idle);
        if (count() == 0) {
            tellIdle();
        }
        return idle;
    }

    /** Lets no more calls in; completes when the last one has ended. */
    public CompletableFuture<Void> close() {
        state.updateAndGet(value -> value | CLOSED);
        return whenIdle();
    }

    /**
     * Tells waiters, each of a moment that came after it began to wait: the count is read only once the waiter has been
     * taken.
     */
    private void tellIdle() {
        CompletableFuture<Void> waiter = idleWaiters.poll();
        while (waiter != null) {
            if (count() == 0) {
                waiter.complete(null);
            } else {
                idleWaiters.add(waiter);
                if (count() > 0) {
                    return;
                }
            }
            waiter = idleWaiters.poll();
        }
    }
}
