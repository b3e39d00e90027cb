package io.crossfade.proxy.migration.backfill;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;

/**
 * Settings of how history is copied.
 *
 * @param batch documents in one step
 * @param inFlight batches under way
 * @param checkpoint between two stored ones: what was copied since is copied again after a crash
 * @param pace documents per second; 0: as fast as the engines allow
 */
public record BackfillSettings(
        @Default("256") int batch,
        @Default("4") int inFlight,
        @Default("1s") Duration checkpoint,
        @Default("0") int pace) {
    public BackfillSettings {
        new Check()
                .positive("batch", batch)
                .positive("in_flight", inFlight)
                .positive("checkpoint", checkpoint)
                .atLeast("pace", pace, 0)
                .done();
    }
}
