package io.crossfade.proxy.assembly;

import io.crossfade.proxy.migration.backfill.BackfillSettings;
import io.crossfade.proxy.migration.identity.IdentitySettings;
import io.crossfade.proxy.migration.mirroring.ReplaySettings;
import io.crossfade.proxy.migration.reconcile.ReconcileSettings;
import io.crossfade.proxy.migration.step.FlipSettings;
import io.crossfade.proxy.migration.verify.VerifySettings;
import io.crossfade.proxy.read.ShadowSettings;
import io.crossfade.proxy.serve.LimitSettings;
import io.crossfade.proxy.serve.WriteIdSettings;
import io.crossfade.proxy.settings.Default;
import io.crossfade.proxy.settings.KeyOf;
import io.crossfade.proxy.write.mirror.MirrorSettings;

/**
 * An entry of {@code collections}: the settings of its stages, each of which says what it means.
 *
 * @param index the initial one; afterwards the control store decides
 * @param create make that index if it is not there when the collection begins
 */
public record CollectionSettings(
        @KeyOf("indexes") String index,
        @Default("true") boolean create,
        MirrorSettings mirror,
        LimitSettings limits,
        WriteIdSettings writeIds,
        ReconcileSettings reconcile,
        ReplaySettings replay,
        BackfillSettings backfill,
        VerifySettings verify,
        FlipSettings flip,
        IdentitySettings identity,
        ShadowSettings shadow) {}
