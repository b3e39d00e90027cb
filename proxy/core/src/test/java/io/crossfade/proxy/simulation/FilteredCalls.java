package io.crossfade.proxy.simulation;

import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Applications that change and remove documents by a note that they bear, while others change that note. A note is written
 * once, so where one sidecar gives the versions, they tell whether the document still bore it (R27): a write by filter must
 * not come after an acked write that took the note away.
 */
final class FilteredCalls {
    private static final String NOTE = Clients.NOTES.get(0);
    private static final String OTHER_NOTE = Clients.NOTES.get(1);
    private static final Duration SOON = Duration.ofMillis(10);

    private final Scenario scenario;
    private final Fleet fleet;
    private final History history;
    private final Acks acks;
    private final Clients clients;
    private final Trace trace;
    private final Map<Key, TreeMap<Long, String>> notes = new HashMap<>();
    private final Map<String, Long> versions = new HashMap<>();
    private @Nullable Life life;
    private @Nullable Key lastKey;
    private String lastValue = "";

    FilteredCalls(Scenario scenario, Fleet fleet, History history, Acks acks, Clients clients, Trace trace) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.history = history;
        this.acks = acks;
        this.clients = clients;
        this.trace = trace;
    }

    /** A note is being written; the next call may ask for it. */
    void written(Key key, String note, String value) {
        if (note.equals(NOTE)) {
            lastKey = key;
            lastValue = value;
        }
    }

    /**
     * A call by key was answered.
     *
     * @param isOnlyTry nothing of it can land later
     */
    void answered(Sidecar sidecar, WriteOp op, WriteReply.Result result, boolean isOnlyTry) {
        boolean setsNote =
                op instanceof WriteOp.UpdateMetadata update && update.patch().touches(NOTE);
        if (result.leader() != Leader.APPLIED
                || result.version() == 0
                || !(setsNote || op instanceof WriteOp.Upsert || op.isRemoval())) {
            return;
        }
        String value = setsNote ? value((WriteOp.UpdateMetadata) op) : "";
        notesOf(sidecar, op.key()).put(result.version(), value);
        if (setsNote && isOnlyTry) {
            versions.put(value, result.version());
        }
    }

    private static String value(WriteOp.UpdateMetadata update) {
        return update.patch().set().get(NOTE) instanceof Value.Text text ? text.value() : "";
    }

    /** What one process has acked: another may have lost what tells it which versions were given. */
    private TreeMap<Long, String> notesOf(Sidecar sidecar, Key key) {
        if (life != sidecar.life()) {
            life = sidecar.life();
            notes.clear();
            versions.clear();
        }
        return notes.computeIfAbsent(key, same -> new TreeMap<>());
    }

    void call(long slot) {
        Key key = lastKey;
        Sidecar sidecar = clients.reach("through", slot, 1);
        if (key == null || sidecar == null) {
            return;
        }
        if (scenario.chance().is(0.6, "note taken away", slot)) {
            clients.later("taken away at", slot, SOON, () -> clients.patch(key, slot, NOTE));
        }
        boolean removes = scenario.chance().is(0.5, "removes", slot);
        new Call(slot, sidecar, lastValue, removes).run();
    }

    /** A call, and what it may do to each document. */
    private final class Call {
        private final long slot;
        private final Sidecar sidecar;
        private final String wanted;
        private final boolean removes;
        private final Duration timeout;
        private final Acks.Before before;
        private final Map<Key, List<History.Write>> effects = new HashMap<>();
        private boolean over;

        Call(long slot, Sidecar sidecar, String wanted, boolean removes) {
            this.slot = slot;
            this.sidecar = sidecar;
            this.wanted = wanted;
            this.removes = removes;
            this.timeout = Duration.ofMillis(200 + scenario.chance().below(2_000, "timeout", slot));
            this.before = acks.begins(sidecar);
        }

        void run() {
            trace.add(() -> "by filter " + slot + " through " + sidecar.name() + ": " + (removes ? "-" : "+") + wanted);
            for (Key key : scenario.documents()) {
                acks.begins(key);
                effects.put(
                        key,
                        removes
                                ? clients.effects(key, null, null)
                                : List.of(clients.begin(key, OTHER_NOTE, "v" + slot + ".f")));
            }
            fleet.time.after(timeout.plus(Clients.PATIENCE), () -> end(null, null));
            begin().whenComplete(this::end);
        }

        private CompletableFuture<WriteReply> begin() {
            Matching matching = new Matching(
                    "", new Filter.Comparison(NOTE, Filter.Operator.EQ, List.of(Value.of(wanted))), Optional.empty());
            return removes
                    ? sidecar.collection().deleteMatching(matching, "f" + slot, timeout)
                    : sidecar.collection()
                            .updateMatching(
                                    matching,
                                    MetadataPatch.set(Map.of(OTHER_NOTE, Value.of("v" + slot + ".f"))),
                                    "f" + slot,
                                    timeout);
        }

        private void end(@Nullable WriteReply reply, @Nullable Throwable failed) {
            if (over) {
                return;
            }
            over = true;
            trace.add(() -> "by filter " + slot + ": " + Clients.brief(reply, failed));
            Map<Key, WriteReply.Result> results = reply == null
                    ? Map.of()
                    : reply.results().stream().collect(Collectors.toMap(WriteReply.Result::key, Function.identity()));
            boolean isDoubtful = reply == null && (failed == null || clients.isDoubtful(failed));
            for (Key key : scenario.documents()) {
                end(key, results.get(key), isDoubtful);
            }
            if (reply != null) {
                results.values().forEach(result -> check(result, reply.epoch()));
            }
        }

        private void end(Key key, WriteReply.@Nullable Result result, boolean isDoubtful) {
            boolean isOpen = isDoubtful || (result != null && result.leader() == Leader.UNKNOWN);
            acks.ends(key, isOpen ? clients.lastLanding() : 0);
            for (History.Write effect : effects.getOrDefault(key, List.of())) {
                if (isOpen) {
                    effect.doubtful(clients.lastLanding());
                } else if (result != null && result.leader() == Leader.APPLIED) {
                    effect.acked(fleet.time.nanos());
                } else {
                    clients.refused(effect);
                }
            }
        }

        private void check(WriteReply.Result result, long epoch) {
            if (result.leader() != Leader.APPLIED) {
                return;
            }
            acks.answered(sidecar, slot + ".f." + result.key(), before, result, epoch);
            if (scenario.sidecars() > 1 || scenario.losesIndexes() || result.version() == 0) {
                return;
            }
            TreeMap<Long, String> acked = notesOf(sidecar, result.key());
            Map.Entry<Long, String> last = acked.lowerEntry(result.version());
            Long asked = versions.get(wanted);
            if (last != null && asked != null && asked < last.getKey()) {
                history.violation("written by filter, but the note was gone: " + result + " after " + last.getValue()
                        + " @" + last.getKey() + ", wanted " + wanted + " @" + asked);
            }
            if (removes) {
                acked.put(result.version(), "");
            }
        }
    }
}
