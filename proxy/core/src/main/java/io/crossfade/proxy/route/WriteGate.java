package io.crossfade.proxy.route;

import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Holds new writes back while a step moves the reads. Held writes are not lost: they go on when the gate opens. At most
 * {@code maxHeld} wait; more are refused at once. The gate never opens by itself: after the limit it asks its owner to
 * end the step, because a write let through before that could be missing from what is read afterwards. Its owner holds
 * and releases from its serial context; counts are atomic, and any call may wait.
 */
public final class WriteGate {
    private final Time time;
    private final int maxHeld;
    private final AtomicReference<@Nullable CompletableFuture<Void>> holding = new AtomicReference<>();
    private volatile long holdingSince;
    private final AtomicLong heldNanos = new AtomicLong();
    private final AtomicInteger held = new AtomicInteger();

    public WriteGate(Time time, int maxHeld) {
        this.time = time;
        this.maxHeld = maxHeld;
    }

    /**
     * Makes writes wait from now on, until {@link #release}. If they wait already, the earlier hold and its limit
     * stand.
     */
    public void hold(Duration limit, Runnable onLimit) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        if (holding.compareAndSet(null, mine)) {
            holdingSince = time.nanos();
            Time.Timer timer = time.after(limit, onLimit);
            mine.thenRun(timer::cancel);
        }
    }

    /** Lets held writes go on. */
    public void release() {
        CompletableFuture<Void> current = holding.getAndSet(null);
        if (current != null) {
            heldNanos.addAndGet(time.nanos() - holdingSince);
            current.complete(null);
        }
    }

    /** What to wait for; null if writes may go on. */
    public @Nullable CompletableFuture<Void> closed() {
        return holding.get();
    }

    public boolean isHolding() {
        return holding.get() != null;
    }

    /** Counts a waiting write in; false if too many wait already. {@link #stopWaiting} must follow. */
    public boolean startWaiting() {
        return held.getAndUpdate(waiting -> Math.min(waiting + 1, maxHeld)) < maxHeld;
    }

    public void stopWaiting() {
        held.decrementAndGet();
    }

    /** How long writes have been held in all. */
    public long heldNanos() {
        return heldNanos.get();
    }

    public int heldWrites() {
        return held.get();
    }
}
