package io.crossfade.proxy.route;

import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Holds new writes back while a step moves the reads. Held writes are not lost: they go on when the gate opens. At most
 * {@code maxHeld} wait; more are refused at once.
 *
 * <p>There is one budget of holding for a whole flip, however many tries it takes: each hold uses it up, and only
 * {@link #renew} fills it again. The gate never opens by itself: when the budget is over it asks its owner to end the
 * step, because a write let through before that could be missing from what is read afterwards.
 *
 * <p>Its owner holds, releases and renews from its serial context; counts are atomic, and any call may wait.
 */
public final class WriteGate {
    private final Time time;
    private final Duration budget;
    private final int maxHeld;
    private final AtomicReference<@Nullable CompletableFuture<Void>> holding = new AtomicReference<>();
    private volatile long holdingSince;
    private final AtomicLong spentNanos = new AtomicLong();
    private final AtomicLong heldNanos = new AtomicLong();
    private final AtomicLong releasedEarly = new AtomicLong();
    private final AtomicInteger held = new AtomicInteger();

    /**
     * @param budget how long writes are held in all for one flip
     */
    public WriteGate(Time time, Duration budget, int maxHeld) {
        this.time = time;
        this.budget = budget;
        this.maxHeld = maxHeld;
    }

    /**
     * Makes writes wait from now on, until {@link #release}. If they wait already, the earlier hold stands.
     *
     * @param onOver told when the budget is over while they wait
     * @return whether they wait; false if the budget is over already
     */
    public boolean hold(Runnable onOver) {
        if (isHolding()) {
            return true;
        }
        Duration left = left();
        if (left.isZero()) {
            return false;
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        if (holding.compareAndSet(null, mine)) {
            holdingSince = time.nanos();
            Time.Timer timer = time.after(left, onOver);
            Branches.take(mine, (released, never) -> timer.cancel());
        }
        return true;
    }

    /** Lets held writes go on. */
    public void release() {
        CompletableFuture<Void> current = holding.getAndSet(null);
        if (current != null) {
            long nanos = time.nanos() - holdingSince;
            spentNanos.addAndGet(nanos);
            heldNanos.addAndGet(nanos);
            current.complete(null);
        }
    }

    /** As {@link #release}, although another member may not have followed yet. */
    public void releaseEarly() {
        releasedEarly.incrementAndGet();
        release();
    }

    /** Fills the budget: the next flip may hold writes as long as this one. */
    public void renew() {
        spentNanos.set(0);
    }

    /** What is left of the budget. */
    public Duration left() {
        long now = isHolding() ? time.nanos() - holdingSince : 0;
        return Duration.ofNanos(Math.max(0, budget.toNanos() - spentNanos.get() - now));
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

    /** How often writes went on because the budget was over, before every member had followed. */
    public long releasedEarly() {
        return releasedEarly.get();
    }

    public int heldWrites() {
        return held.get();
    }
}
