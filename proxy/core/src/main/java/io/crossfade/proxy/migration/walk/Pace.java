package io.crossfade.proxy.migration.walk;

import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;

/**
 * Spreads documents evenly over time, and makes way for live traffic. The schedule is the theoretical arrival time of
 * the next document (the virtual scheduling form of the generic cell rate algorithm, ITU-T I.371); while live writes
 * are slower than usual, each step is followed by a rest that doubles, up to a second, and halves again when they
 * recover. Guarded by its own lock.
 */
public final class Pace {
    private static final double SLOWER = 1.5;
    private static final Duration SHORTEST_REST = Duration.ofMillis(10);
    private static final Duration LONGEST_REST = Duration.ofSeconds(1);

    private final Time time;
    private final DoubleSupplier pressure;
    private double perSecond;
    private long nextNanos;
    private Duration rest = Duration.ZERO;

    /**
     * @param perSecond documents; 0: no limit
     * @param pressure how many times slower than usual live writes are
     */
    public Pace(Time time, double perSecond, DoubleSupplier pressure) {
        this.time = time;
        this.pressure = pressure;
        this.perSecond = perSecond;
        this.nextNanos = time.nanos();
    }

    /** Begins a schedule at another pace; the schedule of the same one stands. */
    public synchronized void set(double documentsPerSecond) {
        if (documentsPerSecond != perSecond) {
            perSecond = documentsPerSecond;
            nextNanos = time.nanos();
        }
    }

    public synchronized double get() {
        return perSecond;
    }

    /** Completes when that many documents may be moved. */
    public CompletableFuture<Void> await(int documents) {
        Duration wait = reserve(documents);
        CompletableFuture<Void> ready = new CompletableFuture<>();
        if (wait.isZero()) {
            ready.complete(null);
        } else {
            time.after(wait, () -> ready.complete(null));
        }
        return ready;
    }

    private synchronized Duration reserve(int documents) {
        rest = nextRest();
        if (perSecond <= 0) {
            return rest;
        }
        long now = time.nanos();
        long start = Math.max(nextNanos, now);
        nextNanos = start + (long) (documents / perSecond * 1e9);
        return rest.plusNanos(start - now);
    }

    private Duration nextRest() {
        if (pressure.getAsDouble() > SLOWER) {
            Duration longer = rest.isZero() ? SHORTEST_REST : rest.multipliedBy(2);
            return longer.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : longer;
        }
        Duration shorter = rest.dividedBy(2);
        return shorter.compareTo(SHORTEST_REST) < 0 ? Duration.ZERO : shorter;
    }
}
