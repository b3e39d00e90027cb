package io.crossfade.proxy.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.crossfade.client.AdminClient;
import io.crossfade.client.CrossfadeException;
import io.crossfade.proxy.demo.process.Layout;
import io.crossfade.proxy.demo.report.Timeline;
import io.crossfade.proxy.demo.report.Timeline.Sample;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.MemberStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at the sidecar's status five times a second, for the record and for whoever waits for something. */
final class Observer implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private final AdminClient admin;
    private final Timeline timeline;
    private final Time time;
    private final Consumer<CollectionStatus> listener;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private @Nullable CollectionStatus latest;

    @GuardedBy("lock")
    private boolean closed;

    /**
     * @param listener told of each status, on the observer's thread
     */
    Observer(AdminClient admin, Timeline timeline, Time time, Consumer<CollectionStatus> listener) {
        this.admin = admin.withTimeout(TIMEOUT);
        this.timeline = timeline;
        this.time = time;
        this.listener = listener;
        thread = new Thread(this::observe, "observer");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits until the sidecar is as wanted; a sidecar that is away is not.
     *
     * @param what for the message if it takes too long
     */
    CollectionStatus await(String what, Duration limit, Predicate<CollectionStatus> wanted)
            throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (latest == null || !wanted.test(latest)) {
                if (left <= 0) {
                    throw new IllegalStateException(
                            what + ": not within " + limit.toSeconds() + " s; the last status was\n" + latest);
                }
                left = changed.awaitNanos(left);
            }
            return latest;
        } finally {
            lock.unlock();
        }
    }

    /** Lets time pass. */
    void rest(Duration duration) throws InterruptedException {
        long until = time.nanos() + duration.toNanos();
        lock.lock();
        try {
            while (!closed && until - time.nanos() > 0) {
                changed.await(until - time.nanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Documents that the follower is not known to hold as it should. */
    static long pending(CollectionStatus status) {
        return status.getMembersList().stream()
                .mapToLong(MemberStatus::getPendingKeys)
                .sum();
    }

    /** Age of the oldest of them. */
    static double oldestPendingSeconds(CollectionStatus status) {
        return status.getMembersList().stream()
                .mapToDouble(MemberStatus::getOldestPendingSeconds)
                .max()
                .orElse(0);
    }

    /** Documents that were set aside. */
    static long parked(CollectionStatus status) {
        return status.getMembersList().stream()
                .mapToLong(MemberStatus::getParked)
                .sum();
    }

    /** Empty without a migration. */
    static String breaker(CollectionStatus status) {
        return status.getMigrationIndex().isEmpty()
                ? ""
                : status.getMembersList().stream()
                        .map(member -> ShortNames.of(member.getBreaker().getState()))
                        .collect(Collectors.joining(","));
    }

    /** Whether a migration goes on, and the breaker of every member is in this state. */
    static boolean hasBreaker(CollectionStatus status, BreakerStatus.State state) {
        return !status.getMigrationIndex().isEmpty()
                && status.getMembersList().stream()
                        .allMatch(member -> member.getBreaker().getState() == state);
    }

    private void observe() {
        try {
            while (!isClosed()) {
                look();
                rest(INTERVAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            CollectionStatus status = admin.status(Layout.COLLECTION);
            timeline.add(sample(status));
            publish(status);
            listener.accept(status);
        } catch (CrossfadeException e) {
            publish(null);
        }
    }

    private void publish(@Nullable CollectionStatus status) {
        lock.lock();
        try {
            latest = status;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private Sample sample(CollectionStatus status) {
        BackfillStatus backfill = status.getBackfill();
        return new Sample(
                time.wallMillis(),
                ShortNames.of(status.getPhase()),
                status.getServingIndex(),
                backfill.getCopied(),
                backfill.getTotal(),
                backfill.getState() == BackfillStatus.State.STATE_RUNNING,
                pending(status),
                parked(status),
                breaker(status));
    }
}
