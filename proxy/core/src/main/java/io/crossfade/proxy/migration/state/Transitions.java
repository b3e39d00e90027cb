package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.model.Phase;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The legal steps between phases. Neighbouring phases are safe side by side, so a fleet may span two of them and never
 * more: that is the whole safety argument of a step.
 *
 * <pre>
 * SINGLE ──▶ MIRRORING ◀──▶ SEALED ◀──▶ SWITCHED ◀──▶ REVERSED ──▶ SINGLE
 *    ▲           │                                                 (on the migration index)
 *    └───────────┘ (on the primary)
 * </pre>
 */
public final class Transitions {
    private static final Map<Phase, Set<Phase>> LEGAL = new EnumMap<>(Map.of(
            Phase.SINGLE, EnumSet.of(Phase.MIRRORING),
            Phase.MIRRORING, EnumSet.of(Phase.SEALED, Phase.SINGLE),
            Phase.SEALED, EnumSet.of(Phase.MIRRORING, Phase.SWITCHED),
            Phase.SWITCHED, EnumSet.of(Phase.SEALED, Phase.REVERSED),
            Phase.REVERSED, EnumSet.of(Phase.SWITCHED, Phase.SINGLE)));

    private Transitions() {}

    /** Whether one step leads from this phase to that. */
    public static boolean isLegal(Phase from, Phase to) {
        return LEGAL.getOrDefault(from, Set.of()).contains(to);
    }
}
