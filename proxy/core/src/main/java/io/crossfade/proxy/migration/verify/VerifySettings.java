package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;

/**
 * Settings of how the two indexes are compared.
 *
 * @param batch keys in one comparison
 * @param inFlight comparisons under way
 * @param checkpoint between two stored ones: a run that was stopped goes on at the last
 * @param looks how often a key that is being written is looked at before it is listed as moving
 * @param lookWait between two looks at a key
 * @param mostRemovals documents that a repair may take from the follower, or set back to an older version, or one in a
 *     hundred of those that were compared where that is more; beyond, an operator has to name the number
 */
public record VerifySettings(
        @Default("256") int batch,
        @Default("4") int inFlight,
        @Default("10s") Duration checkpoint,
        @Default("20") int looks,
        @Default("250ms") Duration lookWait,
        @Default("100") int mostRemovals) {
    public VerifySettings {
        new Check()
                .positive("batch", batch)
                .positive("in_flight", inFlight)
                .positive("checkpoint", checkpoint)
                .positive("looks", looks)
                .positive("look_wait", lookWait)
                .atLeast("most_removals", mostRemovals, 0)
                .done();
    }
}
