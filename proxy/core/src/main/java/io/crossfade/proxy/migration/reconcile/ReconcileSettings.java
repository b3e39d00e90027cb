package io.crossfade.proxy.migration.reconcile;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;

/**
 * Settings of how documents are made equal, by replay, backfill and repair.
 *
 * @param engineTimeout of one call to an index, by reconcile, backfill or verify
 * @param retryAfter how long a key rests after a failed try
 */
public record ReconcileSettings(
        @Default("10s") Duration engineTimeout,
        @Default("200ms") Duration retryAfter) {
    public ReconcileSettings {
        new Check()
                .positive("engine_timeout", engineTimeout)
                .positive("retry_after", retryAfter)
                .done();
    }
}
