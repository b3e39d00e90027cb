package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;

/**
 * Settings of how records of the control store are changed and followed.
 *
 * @param attempts at one change, the first included, while others change the record too or the store fails
 * @param retryWait before the second attempt; doubled before each further one
 * @param maxRetryWait the most
 * @param reread of a shared store: a record that is followed is read anew this long after it was read last
 */
public record RecordSettings(
        @Default("10") int attempts,
        @Default("10ms") Duration retryWait,
        @Default("1s") Duration maxRetryWait,
        @Default("5s") Duration reread) {
    public RecordSettings {
        new Check()
                .positive("attempts", attempts)
                .positive("retry_wait", retryWait)
                .that(maxRetryWait.compareTo(retryWait) >= 0, "max_retry_wait", maxRetryWait, "at least retry_wait")
                .positive("reread", reread)
                .done();
    }

    /** The rest before the attempt that follows so many. */
    Duration waitAfter(int attempted) {
        int doublings = Math.min(attempted - 1, 30);
        Duration wait = retryWait.multipliedBy(1L << doublings);
        return wait.compareTo(maxRetryWait) < 0 ? wait : maxRetryWait;
    }
}
