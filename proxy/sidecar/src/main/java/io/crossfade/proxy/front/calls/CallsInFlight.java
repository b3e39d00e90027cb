package io.crossfade.proxy.front.calls;

import io.crossfade.proxy.collection.CallException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the calls that are being worked on. A call counts until its work has ended, not only until its caller has
 * gone: a cancelled write is still finished. Lossless: a call over the limit is refused before anything is read or
 * applied.
 */
public final class CallsInFlight {
    private final int limit;
    private final AtomicInteger running = new AtomicInteger();
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private volatile boolean stopping;
    private volatile boolean closed;

    /**
     * @param limit at least 1
     */
    public CallsInFlight(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("calls in flight: " + limit + " (expected: > 0)");
        }
        this.limit = limit;
    }

    public int running() {
        return running.get();
    }

    /**
     * @throws CallException of kind EXHAUSTED at the limit
     */
    public void begin() {
        if (running.incrementAndGet() > limit) {
            running.decrementAndGet();
            throw new CallException(
                    CallException.Kind.EXHAUSTED,
                    "calls in flight: " + limit + " already (expected: fewer than " + limit + "); try again");
        }
    }

    public void end() {
        if (running.decrementAndGet() == 0 && closed) {
            idle.complete(null);
        }
    }

    public boolean isStopping() {
        return stopping;
    }

    /** Tells calls that could go on for long to end. */
    public void stop() {
        stopping = true;
    }

    /** Completes once none is running; to be called when no more can begin. */
    public CompletableFuture<Void> whenIdle() {
        closed = true;
        if (running.get() == 0) {
            idle.complete(null);
        }
        return idle;
    }
}
