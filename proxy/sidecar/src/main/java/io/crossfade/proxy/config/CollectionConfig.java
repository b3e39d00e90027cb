package io.crossfade.proxy.config;

import io.crossfade.proxy.settings.KeyOf;

/**
 * An entry of {@code collections}.
 *
 * @param index the initial one; afterwards the control store decides
 */
public record CollectionConfig(
        @KeyOf("indexes") String index,
        MirrorConfig mirror,
        LimitsConfig limits,
        BackfillConfig backfill,
        VerifyConfig verify,
        FlipConfig flip,
        ShadowConfig shadow) {}
