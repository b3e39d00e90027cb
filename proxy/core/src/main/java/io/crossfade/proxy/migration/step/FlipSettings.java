package io.crossfade.proxy.migration.step;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import io.crossfade.proxy.settings.Quantity;
import java.time.Duration;

/**
 * Settings of when and how reads move.
 *
 * @param maxHold how long a write is held while a step is taken; then the step is given up
 * @param sealedLimit how long both indexes must be ok for every write; then the collection steps back
 * @param maxHeldCalls more than this are refused
 * @param pendingAge a mark older than this blocks the flip
 * @param feedWindow how far back it is checked that clients can feed and ask the new index, where it does not embed
 */
public record FlipSettings(
        @Default("2s") Duration maxHold,
        @Default("30s") Duration sealedLimit,
        @Default("1000") int maxHeldCalls,
        @Default("5s") Duration pendingAge,
        @Default("15m") Duration feedWindow,
        ThresholdSettings thresholds) {
    public FlipSettings {
        new Check()
                .positive("max_hold", maxHold)
                .that(
                        sealedLimit.compareTo(maxHold) > 0,
                        "sealed_limit",
                        Quantity.text(sealedLimit),
                        "> max_hold, which is " + Quantity.text(maxHold))
                .positive("max_held_calls", maxHeldCalls)
                .positive("pending_age", pendingAge)
                .positive("feed_window", feedWindow)
                .done();
    }
}
