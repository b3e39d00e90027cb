package io.crossfade.proxy.migrations;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.check.Damage;
import io.crossfade.proxy.demo.check.Damage.Kind;
import io.crossfade.v1.StepResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What came of a migration.
 *
 * @param documents that the index had before
 * @param calls of the application
 * @param damages of each index that was looked at
 * @param differing documents that are not the same in both indexes
 * @param backfillRate documents a second, until the outage
 * @param steps flip, rollback, flip
 * @param blind how many of the documents that were taken away at last the judge has missed
 * @param unclean documents of the old index that bear something of the migration after it was cleaned
 */
record Verdict(
        int documents,
        List<Call> calls,
        List<Damage> damages,
        long differing,
        long parked,
        double backfillRate,
        List<StepResponse> steps,
        double seconds,
        int blind,
        long unclean) {
    Verdict {
        calls = List.copyOf(calls);
        damages = List.copyOf(damages);
        steps = List.copyOf(steps);
    }

    /** All that has to be 0, by name. */
    Map<String, Long> faults() {
        Map<String, Long> faults = new LinkedHashMap<>();
        faults.put("failed", calls.stream().filter(Call::failed).count());
        faults.put(
                "stale reads",
                calls.stream().filter(call -> call.stale() != null).count());
        for (Kind kind : Kind.values()) {
            faults.put(
                    kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    damages.stream().mapToLong(damage -> damage.count(kind)).sum());
        }
        faults.put("differing", differing);
        faults.put("parked", parked);
        faults.put("unclean", unclean);
        faults.put("unseen by the judge", (long) blind);
        return faults;
    }

    boolean isGood() {
        return faults().values().stream().allMatch(count -> count == 0);
    }

    /** The first of what is wrong, in words. */
    List<String> findings() {
        List<String> findings = new ArrayList<>();
        calls.stream().filter(Call::failed).limit(5).forEach(call -> findings.add("failed: " + call));
        calls.stream().filter(call -> call.stale() != null).limit(5).forEach(call -> findings.add("stale: " + call));
        damages.forEach(damage -> findings.addAll(damage.findings()));
        return findings;
    }

    /** In one line. */
    @Override
    public String toString() {
        String counts = faults().entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                "%,d documents, %,d calls (%,d made again): %s; backfill %,.0f docs/s, flip %s ms (held %s), %.0f s",
                documents,
                calls.size(),
                calls.stream().filter(call -> call.again() > 0).count(),
                counts,
                backfillRate,
                millis(StepResponse::getSeconds),
                millis(StepResponse::getHeldSeconds),
                seconds);
    }

    /** Of the flip, the rollback and the second flip. */
    private String millis(ToDoubleFunction<StepResponse> seconds) {
        return steps.stream()
                .map(step -> Long.toString(Math.round(seconds.applyAsDouble(step) * 1_000)))
                .collect(Collectors.joining("/"));
    }
}
