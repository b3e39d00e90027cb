package io.crossfade.proxy.migration.step;

import io.crossfade.proxy.settings.Check;
import org.jspecify.annotations.Nullable;

/**
 * What the flip asks for beyond equality of the two indexes.
 *
 * @param overlapAtK least share of hits that shadow reads find in both, 0 to 1; absent: not asked for
 */
public record ThresholdSettings(@Nullable Double overlapAtK) {
    public ThresholdSettings {
        new Check()
                .between("overlap_at_k", overlapAtK == null ? 0 : overlapAtK, 0, 1)
                .done();
    }
}
