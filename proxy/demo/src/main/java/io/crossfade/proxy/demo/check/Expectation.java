package io.crossfade.proxy.demo.check;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.Call.Outcome;
import io.crossfade.proxy.demo.app.Call.Write;
import io.crossfade.proxy.demo.app.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a document went through, as its only writer saw it. An empty state stands for a deleted document.
 *
 * @param acked the states it was brought to, in order
 * @param unknown states that it may have been brought to after the last acked one, or not
 */
record Expectation(List<Optional<Entry>> acked, List<Optional<Entry>> unknown) {
    Expectation {
        acked = List.copyOf(acked);
        unknown = List.copyOf(unknown);
    }

    /** By id. */
    static Map<String, Expectation> of(List<Call> history) {
        Map<String, List<Write>> writes = new LinkedHashMap<>();
        history.stream()
                .flatMap(call -> call.writes().stream())
                .forEach(write -> writes.computeIfAbsent(write.id(), id -> new ArrayList<>())
                        .add(write));
        Map<String, Expectation> expectations = new LinkedHashMap<>();
        writes.forEach((id, each) ->
                expectations.put(id, new Expectation(states(each, Outcome.ACKED), states(each, Outcome.UNKNOWN))));
        return expectations;
    }

    private static List<Optional<Entry>> states(List<Write> writes, Outcome outcome) {
        return writes.stream()
                .filter(write -> write.outcome() == outcome)
                .map(write -> Optional.ofNullable(write.entry()))
                .toList();
    }

    /** Whether an index may hold this. */
    boolean allows(Optional<Entry> found) {
        return found.equals(last()) || unknown.contains(found);
    }

    /** The newest acked state; a document that was never acked is absent. */
    Optional<Entry> last() {
        return acked.isEmpty() ? Optional.empty() : acked.get(acked.size() - 1);
    }

    /** How many acked writes came after the newest one that an index shows. */
    int lost(Optional<Entry> found) {
        return acked.size() - 1 - acked.lastIndexOf(found);
    }

    /** Whether it was an acked state once. */
    boolean was(Optional<Entry> found) {
        return acked.contains(found);
    }
}
