package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.time.MonotonicClock;
import io.crossfade.proxy.time.Time;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Leaves a failing model alone. Failures are those that another text would meet too: a refused text or a request to
 * slow down says that the model is there.
 */
final class BreakerEmbedder implements Embedder {
    private final String space;
    private final CircuitBreaker breaker;
    private final Embedder next;

    BreakerEmbedder(String space, EmbedderOptions.Breaker options, Time time, Embedder next) {
        this.space = space;
        this.next = next;
        this.breaker = CircuitBreaker.of(
                "embedder-" + space,
                CircuitBreakerConfig.custom()
                        .failureRateThreshold(options.failureRate())
                        .slidingWindowSize(options.window())
                        .minimumNumberOfCalls(options.minCalls())
                        .waitDurationInOpenState(options.openWait())
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .ignoreException(failure -> !isFailure(failure))
                        .clock(new MonotonicClock(time))
                        .currentTimestampFunction(clock -> time.nanos(), TimeUnit.NANOSECONDS)
                        .build());
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        if (!breaker.tryAcquirePermission()) {
            return CompletableFuture.failedFuture(EmbeddingException.notTried(
                    "embedder of space " + space + ": breaker open after repeated failures"));
        }
        long start = breaker.getCurrentTimestamp();
        return next.embed(texts, use).whenComplete((vectors, failure) -> {
            long duration = breaker.getCurrentTimestamp() - start;
            if (failure == null) {
                breaker.onSuccess(duration, breaker.getTimestampUnit());
            } else {
                breaker.onError(duration, breaker.getTimestampUnit(), EmbeddingException.of(failure));
            }
        });
    }

    boolean isOpen() {
        return breaker.getState() == CircuitBreaker.State.OPEN;
    }

    @Override
    public void close() {
        next.close();
    }

    private static boolean isFailure(Throwable failure) {
        return EmbeddingException.of(failure).kind() == EmbeddingException.Kind.FAILED;
    }
}
