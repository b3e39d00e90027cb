package io.crossfade.proxy.demo.report;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.check.Damage;
import io.crossfade.proxy.demo.report.Timeline.Act;
import io.crossfade.proxy.demo.report.Timeline.Event;
import io.crossfade.proxy.demo.report.Timeline.Sample;
import java.util.List;
import java.util.Map;

/**
 * All that was observed in one run.
 *
 * @param primary what the collection was in at first
 * @param damage by index
 * @param parked documents that were set aside and still are
 * @param mrrBefore mean reciprocal rank of known items among the first ten hits, answered by the old index
 * @param mrrAfter the same, answered by the new index
 */
public record Run(
        String primary,
        int documents,
        long seed,
        List<Call> calls,
        List<Act> acts,
        List<Event> events,
        List<Sample> samples,
        Map<String, Damage> damage,
        long parked,
        double mrrBefore,
        double mrrAfter,
        List<Double> flipMillis,
        double rollbackMillis) {
    /** When the story begins; milliseconds since 1970. */
    long start() {
        return acts.get(0).from();
    }

    double seconds() {
        return (acts.get(acts.size() - 1).to() - start()) / 1_000.0;
    }
}
