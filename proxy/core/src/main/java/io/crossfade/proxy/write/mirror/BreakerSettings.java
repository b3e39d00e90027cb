package io.crossfade.proxy.write.mirror;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;

/**
 * Settings of when the follower is left alone.
 *
 * @param failureRate percent of failed or slow calls that opens it
 * @param slowCall a call that takes longer counts as a failure
 * @param window how many of the last calls are looked at
 * @param minCalls fewer calls than this never open it
 * @param openWait how long it stays open before some calls are tried
 * @param halfOpenCalls how many calls are tried
 */
public record BreakerSettings(
        @Default("50") int failureRate,
        @Default("2s") Duration slowCall,
        @Default("100") int window,
        @Default("20") int minCalls,
        @Default("5s") Duration openWait,
        @Default("5") int halfOpenCalls) {
    private static final int MAX_WINDOW = 100_000;

    public BreakerSettings {
        new Check()
                .between("failure_rate", failureRate, 1, 100)
                .positive("slow_call", slowCall)
                .between("window", window, 1, MAX_WINDOW)
                .between("min_calls", minCalls, 1, Math.max(1, window))
                .positive("open_wait", openWait)
                .positive("half_open_calls", halfOpenCalls)
                .done();
    }
}
