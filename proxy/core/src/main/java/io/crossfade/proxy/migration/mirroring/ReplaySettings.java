package io.crossfade.proxy.migration.mirroring;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;

/**
 * Settings of how pending documents are brought to the follower.
 *
 * @param batch documents in one step
 * @param inFlight batches under way; one document at a time while the follower is in doubt
 */
public record ReplaySettings(
        @Default("256") int batch, @Default("2") int inFlight) {
    public ReplaySettings {
        new Check().positive("batch", batch).positive("in_flight", inFlight).done();
    }
}
