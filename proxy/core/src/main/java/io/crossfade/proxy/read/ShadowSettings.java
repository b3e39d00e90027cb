package io.crossfade.proxy.read;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;

/**
 * Settings of which queries are asked of the follower too, to compare.
 *
 * @param share of queries, 0 to 1
 */
public record ShadowSettings(@Default("0.0") double share) {
    public ShadowSettings {
        new Check().between("share", share, 0, 1).done();
    }
}
