package io.crossfade.proxy.migration.backfill;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;

/**
 * Settings of how history is copied.
 *
 * @param batch documents in one step
 * @param slices parts of the collection that are copied and checkpointed on their own
 * @param inFlight batches under way
 * @param pace documents per second; 0: as fast as the engines allow
 */
public record BackfillSettings(
        @Default("256") int batch,
        @Default("4") int slices,
        @Default("2") int inFlight,
        @Default("0") int pace) {
    public BackfillSettings {
        new Check()
                .positive("batch", batch)
                .positive("slices", slices)
                .positive("in_flight", inFlight)
                .atLeast("pace", pace, 0)
                .done();
    }
}
