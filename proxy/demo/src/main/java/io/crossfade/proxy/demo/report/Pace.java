package io.crossfade.proxy.demo.report;

import io.crossfade.proxy.demo.report.Timeline.Act;
import io.crossfade.proxy.demo.report.Timeline.Sample;
import java.util.List;
import java.util.Set;

/** Reads the acts of a run. */
final class Pace {
    private static final Set<String> OUTAGE = Set.of("outage", "recovery", "lost", "way_back", "replaced");

    private Pace() {}

    /** The migration index was frozen, dead, lost or catching up. */
    static boolean duringOutage(Run run, long at) {
        return run.acts().stream().anyMatch(act -> OUTAGE.contains(act.name()) && act.covers(at));
    }

    /** Documents that backfill copied per second while it ran and nothing was broken; 0 if it never did. */
    static double documentsPerSecond(Run run) {
        List<Sample> samples = run.samples();
        long copied = 0;
        long millis = 0;
        for (int i = 1; i < samples.size(); i++) {
            Sample before = samples.get(i - 1);
            Sample after = samples.get(i);
            if (before.copying() && !inTrouble(run, before.at()) && !inTrouble(run, after.at())) {
                copied += Math.max(0, after.copied() - before.copied());
                millis += after.at() - before.at();
            }
        }
        return millis == 0 ? 0 : copied * 1_000.0 / millis;
    }

    private static boolean inTrouble(Run run, long at) {
        return run.acts().stream().filter(Act::trouble).anyMatch(act -> act.covers(at));
    }
}
