package io.crossfade.proxy.demo.report;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.report.Timeline.Act;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** How long calls took, act by act and second by second. */
final class Latency {
    private static final long SLOT_MILLIS = 1_000;

    private Latency() {}

    /**
     * One second.
     *
     * @param t when it begins, seconds since the start
     */
    record Slot(double t, double p50, double p99) {}

    /** By name of the act in which a call began. */
    static Map<String, Percentiles> byAct(List<Call> calls, List<Act> acts) {
        Map<String, Percentiles> byAct = new LinkedHashMap<>();
        for (Act act : acts) {
            List<Call> during =
                    calls.stream().filter(call -> act.covers(call.at())).toList();
            if (!during.isEmpty()) {
                byAct.put(act.name(), percentiles(during));
            }
        }
        return byAct;
    }

    /** Of these calls; seconds in which none began are left out. */
    static List<Slot> bySecond(List<Call> calls, long start, Predicate<Call> which) {
        Map<Long, List<Call>> bySlot = new TreeMap<>();
        calls.stream()
                .filter(which)
                .forEach(call -> bySlot.computeIfAbsent((call.at() - start) / SLOT_MILLIS, slot -> new ArrayList<>())
                        .add(call));
        List<Slot> slots = new ArrayList<>();
        bySlot.forEach((slot, each) -> {
            Percentiles percentiles = percentiles(each);
            slots.add(new Slot(slot, percentiles.p50(), percentiles.p99()));
        });
        return slots;
    }

    private static Percentiles percentiles(List<Call> calls) {
        return Percentiles.of(calls.stream().mapToLong(Call::micros).toArray());
    }
}
