package io.crossfade.proxy.embed;

import io.crossfade.proxy.settings.Bytes;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import io.crossfade.proxy.settings.Rest;
import java.time.Duration;
import java.util.Map;

/**
 * Settings of how an embedder is used, whatever its type.
 *
 * @param batch most texts in one request; small, because a query may have to wait for one request of a backfill
 * @param inFlight requests under way; replay and backfill leave one of them free, if there are several
 * @param queue texts that may wait, for each use; more are refused
 * @param queueBytes of the texts that may wait, for each use
 * @param requestsPerMinute 0: no budget
 * @param tokensPerMinute estimated at four characters each; 0: no budget
 * @param cacheBytes of vectors that are remembered; 0: none
 * @param attempts of one request, the first included
 * @param retryWait before the second attempt; doubled before each further one
 * @param maxRetryWait the most; a server that asks for more is not asked again on behalf of these texts
 * @param own the provider's own settings
 */
record EmbedderOptions(
        @Default("16") int batch,
        @Default("2") int inFlight,
        @Default("10000") int queue,
        @Bytes @Default("64MiB") int queueBytes,
        @Default("0") int requestsPerMinute,
        @Default("0") int tokensPerMinute,
        @Bytes @Default("64MiB") long cacheBytes,
        @Default("3") int attempts,
        @Default("200ms") Duration retryWait,
        @Default("10s") Duration maxRetryWait,
        Breaker breaker,
        @Rest Map<String, Object> own) {
    EmbedderOptions {
        new Check()
                .positive("batch", batch)
                .positive("in_flight", inFlight)
                .positive("queue", queue)
                .positive("queue_bytes", queueBytes)
                .atLeast("requests_per_minute", requestsPerMinute, 0)
                .atLeast("tokens_per_minute", tokensPerMinute, 0)
                .atLeast("cache_bytes", cacheBytes, 0)
                .positive("attempts", attempts)
                .positive("retry_wait", retryWait)
                .positive("max_retry_wait", maxRetryWait)
                .done();
    }

    /**
     * Settings of when a failing model is left alone.
     *
     * @param failureRate percent of failed requests that opens it
     * @param window how many of the last requests are looked at
     * @param minCalls fewer requests never open it
     * @param openWait how long it stays open before one request is tried
     */
    record Breaker(
            @Default("50") int failureRate,
            @Default("20") int window,
            @Default("5") int minCalls,
            @Default("5s") Duration openWait) {
        Breaker {
            new Check()
                    .between("failure_rate", failureRate, 1, 100)
                    .positive("window", window)
                    .between("min_calls", minCalls, 1, Math.max(1, window))
                    .positive("open_wait", openWait)
                    .done();
        }
    }
}
