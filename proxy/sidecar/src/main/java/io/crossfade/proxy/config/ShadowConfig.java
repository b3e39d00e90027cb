package io.crossfade.proxy.config;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;

/**
 * Which queries are asked of the follower too, to compare.
 *
 * @param share of queries, 0 to 1
 */
public record ShadowConfig(@Default("0.0") double share) {
    public ShadowConfig {
        new Check().between("share", share, 0, 1).done();
    }
}
