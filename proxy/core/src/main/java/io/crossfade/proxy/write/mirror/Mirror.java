package io.crossfade.proxy.write.mirror;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.time.MonotonicClock;
import io.crossfade.proxy.time.Time;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The follower behind a circuit breaker and a bound on requests under way. The breaker counts unavailability, missing
 * answers and absolute slowness, never a document that the follower refuses. What is not admitted is not queued: the
 * caller's mark stays open and reconcile brings the write later. Safe for use by many threads; {@code openedNanos} is
 * written by the breaker's events only.
 */
public final class Mirror {
    private final MirrorSettings settings;
    private final Time time;
    private final CircuitBreaker breaker;
    private final Semaphore slots;
    private final LongAdder sent = new LongAdder();
    private volatile long openedNanos;

    public Mirror(String collection, MirrorSettings settings, Time time) {
        this.settings = settings;
        this.time = time;
        this.slots = new Semaphore(settings.maxInFlight());
        this.breaker = breaker(collection, settings.breaker(), time);
        breaker.getEventPublisher().onStateTransition(event -> openedNanos = time.nanos());
    }

    private static CircuitBreaker breaker(String collection, BreakerSettings settings, Time time) {
        return CircuitBreaker.of(
                collection,
                CircuitBreakerConfig.custom()
                        .slidingWindow(
                                settings.window(),
                                settings.minCalls(),
                                CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(settings.failureRate())
                        .slowCallDurationThreshold(settings.slowCall())
                        .slowCallRateThreshold(settings.failureRate())
                        .waitDurationInOpenState(settings.openWait())
                        .permittedNumberOfCallsInHalfOpenState(settings.halfOpenCalls())
                        .clock(new MonotonicClock(time))
                        .currentTimestampFunction(clock -> time.nanos(), TimeUnit.NANOSECONDS)
                        .build());
    }

    /** Sends an application's writes, or answers empty if the follower is not to be bothered now. */
    public Optional<CompletableFuture<List<Outcome>>> send(VectorIndex follower, List<IndexWrite> writes) {
        return send(follower, writes, settings.deadline());
    }

    /** Sends writes with a time limit of their own, or answers empty if the follower is not to be bothered now. */
    public Optional<CompletableFuture<List<Outcome>>> send(
            VectorIndex follower, List<IndexWrite> writes, Duration timeout) {
        if (!slots.tryAcquire()) {
            return Optional.empty();
        }
        if (!breaker.tryAcquirePermission()) {
            slots.release();
            return Optional.empty();
        }
        sent.add(writes.size());
        long began = time.nanos();
        return Optional.of(follower.write(writes, timeout).whenComplete((outcomes, never) -> {
            slots.release();
            tellBreaker(time.nanos() - began, outcomes);
        }));
    }

    private void tellBreaker(long nanos, List<Outcome> outcomes) {
        if (outcomes.stream().anyMatch(Mirror::isTrouble)) {
            breaker.onError(nanos, TimeUnit.NANOSECONDS, new FollowerInTrouble());
        } else {
            breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private static boolean isTrouble(Outcome outcome) {
        return switch (outcome.kind()) {
            case FAILED, UNKNOWN -> true;
            case APPLIED, NOT_FOUND, REJECTED -> false;
        };
    }

    /** What the breaker is told; it has no use for a stack trace. */
    private static final class FollowerInTrouble extends RuntimeException {
        private static final long serialVersionUID = 1;

        FollowerInTrouble() {
            super("the follower failed or did not answer", null, false, false);
        }
    }

    /** Whether a request would be let through, as far as one can tell without sending it. */
    public boolean seemsOpenForBusiness() {
        return switch (breaker.getState()) {
            case FORCED_OPEN -> false;
            case OPEN ->
                time.nanos() - openedNanos >= settings.breaker().openWait().toNanos();
            default -> true;
        };
    }

    /** Whether the follower is not in doubt: while it is, one document is enough to try it with. */
    public boolean isTrusted() {
        return breaker.getState() == CircuitBreaker.State.CLOSED;
    }

    /** Documents that were sent to the follower, repeated ones included. */
    public long sent() {
        return sent.sum();
    }

    public CircuitBreaker breaker() {
        return breaker;
    }

    public MirrorSettings settings() {
        return settings;
    }
}
