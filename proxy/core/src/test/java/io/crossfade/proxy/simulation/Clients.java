package io.crossfade.proxy.simulation;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.write.Sources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applications: several write and read the same few documents at once, each through any sidecar that it can reach, and
 * repeat under the same write id what may not have been done.
 */
final class Clients {
    static final List<String> NOTES = List.of("note1", "note2");
    static final Duration PATIENCE = Duration.ofMillis(50);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(1);
    private static final int MOST_TRIES = 3;
    /** How busy applications are, for a while each: what is broken in busy times is mended by the next write. */
    private static final double[] BUSY = {0.05, 0.3, 1};

    private static final int SLOTS_AS_BUSY = 100;
    private static final int OLD_BEFORE = 90;
    private static final int MOST_PARKED = 100;
    private static final String UNFIT = " unfit";

    private final Scenario scenario;
    private final Fleet fleet;
    private final Invariants invariants;
    private final History history;
    private final Acks acks;
    private final Trace trace;
    private final Vectors vectors;
    private boolean alone;
    private boolean removing;
    private boolean writesHard = true;
    private final FilteredCalls filtered;
    private final RepeatedCalls repeated;
    private final Set<Key> begunInSingle = new HashSet<>();
    private final Map<Key, String> seen = new HashMap<>();
    private long mended;

    Clients(
            Scenario scenario,
            Fleet fleet,
            Invariants invariants,
            History history,
            Acks acks,
            Vectors vectors,
            Trace trace) {
        this.invariants = invariants;
        this.scenario = scenario;
        this.fleet = fleet;
        this.history = history;
        this.acks = acks;
        this.vectors = vectors;
        this.trace = trace;
        this.filtered = new FilteredCalls(scenario, fleet, history, acks, this, trace);
        this.repeated = new RepeatedCalls(scenario, fleet, history, trace);
    }

    /** From now on no call has more than one document, and none is repeated. */
    void oneByOne(boolean only) {
        alone = only;
    }

    /** Makes clients remove many documents, and be busy, from now on. */
    void removeMany(boolean many) {
        removing = many;
    }

    /** Whether some texts are such as the new model fails on from now on. */
    void writeHard(boolean some) {
        writesHard = some;
    }

    /** What happens in one slot of time. */
    void slot(long slot, Duration length) {
        double busy = alone || removing ? 1 : BUSY[scenario.chance().below(BUSY.length, "busy", slot / SLOTS_AS_BUSY)];
        double perSlot = busy * scenario.load() * length.toMillis();
        if (scenario.chance().is(perSlot, "write?", slot)) {
            later("write at", slot, length, () -> write(slot));
        }
        if (scenario.chance().is(perSlot, "read?", slot)) {
            later("read at", slot, length, () -> read(slot));
        }
    }

    void later(String what, long slot, Duration length, Runnable call) {
        fleet.time.after(Duration.ofNanos((long) (scenario.chance().of(what, slot) * length.toNanos())), call);
    }

    @Nullable
    Sidecar reach(String what, long... where) {
        List<Sidecar> reachable =
                fleet.sidecars.stream().filter(Sidecar::isReachable).toList();
        return reachable.isEmpty() ? null : reachable.get(scenario.chance().below(reachable.size(), what, where));
    }

    /** One operation of a call, and the registers that it writes. */
    private record Change(WriteOp op, List<History.Write> effects) {}

    private void write(long slot) {
        if (slot < OLD_BEFORE && scenario.chance().is(0.3, "old?", slot)) {
            new Call(slot, List.of(change(scenario.old("old", slot), slot, 0)), 1).tryOnce(1);
            return;
        }
        if (scenario.slowCopy() && !alone && scenario.chance().is(0.15, "patch old?", slot)) {
            new Call(slot, List.of(patch(scenario.old("patched", slot), slot, 0, NOTES.get(0))), 1).tryOnce(1);
            return;
        }
        if (scenario.filters() && !alone && scenario.chance().is(0.2, "by filter?", slot)) {
            filtered.call(slot);
            return;
        }
        int first = scenario.key("key", slot);
        boolean isBatch = !alone && scenario.chance().is(0.2, "batch", slot);
        int size = isBatch ? Math.min(scenario.keys(), 2 + scenario.chance().below(2, "size", slot)) : 1;
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            changes.add(change(scenario.key(first + i), slot, i));
        }
        new Call(slot, changes, alone ? 1 : 1 + scenario.chance().below(MOST_TRIES, "tries", slot)).tryOnce(1);
    }

    /** Documents that the new model refuses get a text that it takes. */
    void mendParked() {
        for (Sidecar sidecar : fleet.sidecars) {
            if (sidecar.isReachable() && sidecar.member().migration() != null) {
                sidecar.migration().parked().list(MOST_PARKED).forEach(parked -> mend(parked.key()));
            }
        }
    }

    /** What one sidecar has parked may be missing from now on, each document in the version that it has. */
    void waiveParked() {
        Sidecar sidecar = fleet.first();
        if (!sidecar.isReachable() || sidecar.member().migration() == null) {
            return;
        }
        Map<Key, Long> versions = new HashMap<>();
        sidecar.migration().parked().list(MOST_PARKED).stream()
                .filter(parked -> !parked.waived())
                .forEach(parked -> {
                    versions.put(parked.key(), parked.version());
                    parts().forEach(part -> history.waived(register(parked.key(), part), fleet.time.nanos()));
                });
        var unused = sidecar.admin().waiveParked(versions);
    }

    private List<String> parts() {
        List<String> parts = new ArrayList<>(NOTES);
        parts.add("text");
        if (!scenario.embeds()) {
            parts.add("vector");
        }
        return parts;
    }

    /** Another text. */
    void mend(Key key) {
        writeText(key, "v" + -(++mended));
    }

    /** One document gets a text that the new model refuses. */
    void writeUnfit(Key key) {
        writeText(key, "v" + -(++mended) + UNFIT);
    }

    void patch(Key key) {
        patch(key, -(++mended), NOTES.get(0));
    }

    void remove(Key key) {
        Change change = new Change(Docs.delete(key), effects(key, null, null));
        new Call(-(++mended), List.of(change), 1).tryOnce(1);
    }

    private void writeText(Key key, String text) {
        new Call(-mended, List.of(whole(key, text)), 1).tryOnce(1);
    }

    private Change whole(Key key, String text) {
        NamedVector vector = scenario.embeds() ? Docs.named("a", text) : vectors.labelled(text);
        return new Change(put(key, text, List.of(vector)), effects(key, text, text));
    }

    private Change change(Key key, long slot, int position) {
        int kind = scenario.chance().below(20, "kind", slot, position);
        String value = "v" + slot + "." + position;
        if (kind < 3 || (removing && kind < 12)) {
            return new Change(Docs.delete(key), effects(key, null, null));
        } else if (kind < 7) {
            return patch(key, slot, position, NOTES.get(kind % NOTES.size()));
        } else if (kind < 9 && !scenario.embeds()) {
            return new Change(
                    new WriteOp.UpdateVectors(key, List.of(vectors.labelled(value)), null),
                    List.of(begin(key, "vector", value)));
        } else if (kind < 9 && scenario.feeds()) {
            return feed(key, slot, position, value);
        }
        return new Change(
                put(key, text(key, slot, position, value), slot, position),
                effects(key, text(key, slot, position, value), value));
    }

    /** Made of some text, which may be another one by now; some say of which. */
    private Change feed(Key key, long slot, int position, String value) {
        List<NamedVector> fed = new ArrayList<>();
        List<History.Write> effects = new ArrayList<>();
        String text = scenario.chance().is(0.5, "says made of", slot, position) ? textSeen(key, slot, position) : null;
        boolean both = scenario.chance().is(0.3, "feeds both", slot, position);
        for (String space : both ? List.of("a", "b") : List.of("b")) {
            History.Write effect = begin(key, space, value);
            effects.add(effect);
            fed.add(vectors.fed(key, space, value, effect, text));
        }
        String madeOf = text == null ? "" : new Sources(text, Map.of()).identity();
        return new Change(new WriteOp.UpdateVectors(key, fed, madeOf, null), effects);
    }

    /** That of the document now, or the one that was seen when a vector was made the last time. */
    private @Nullable String textSeen(Key key, long slot, int position) {
        StoredDocument document = fleet.primary.document(key);
        String now = document == null ? null : document.text();
        String before = now == null ? seen.get(key) : seen.put(key, now);
        return before != null && scenario.chance().is(0.3, "made of an older text", slot, position) ? before : now;
    }

    /** A call that changes a note of one document. */
    void patch(Key key, long slot, String note) {
        new Call(slot, List.of(patch(key, slot, 0, note)), 1).tryOnce(1);
    }

    private Change patch(Key key, long slot, int position, String note) {
        String value = "v" + slot + "." + position;
        filtered.written(key, note, value);
        return new Change(Docs.patch(key, note, value), List.of(begin(key, note, value)));
    }

    private boolean isUnfit(long slot, int position) {
        return scenario.unfit() && !alone && scenario.chance().is(0.05, "unfit", slot, position);
    }

    static boolean isUnfit(StoredDocument document) {
        return document.text() != null && document.text().contains(UNFIT);
    }

    private String text(Key key, long slot, int position, String value) {
        String text = isUnfit(slot, position) ? value + UNFIT : value;
        return isHard(key, slot, position) ? HardTexts.hard(text) : text;
    }

    /** What nobody writes any more is hard more often: the copy meets it. */
    private boolean isHard(Key key, long slot, int position) {
        double share = scenario.busy().contains(key) ? 0.05 : 0.3;
        return scenario.stuck() && writesHard && !alone && scenario.chance().is(share, "hard", slot, position);
    }

    /** All in one call; the first have texts that the new model fails on, or refuses. */
    void writeTogether(List<Key> keys, int hard, boolean refuses) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            String value = "v" + -(++mended);
            changes.add(whole(keys.get(i), i >= hard ? value : refuses ? value + UNFIT : HardTexts.hard(value)));
        }
        new Call(-mended, changes, 1).tryOnce(1);
    }

    List<History.Write> effects(Key key, @Nullable String text, @Nullable String vector) {
        List<History.Write> effects = new ArrayList<>();
        effects.add(begin(key, "text", text));
        NOTES.forEach(note -> effects.add(begin(key, note, null)));
        if (!scenario.embeds()) {
            effects.add(begin(key, "vector", vector));
        }
        return effects;
    }

    History.Write begin(Key key, String part, @Nullable String value) {
        return history.begin(register(key, part), value, fleet.time.nanos());
    }

    static String register(Key key, String part) {
        return key.id() + "." + part;
    }

    private WriteOp put(Key key, String text, long slot, int position) {
        List<NamedVector> sent = new ArrayList<>();
        String label = "v" + slot + "." + position;
        sent.add(scenario.embeds() ? Docs.named("a", text) : vectors.labelled(label));
        if (scenario.embeds() && scenario.chance().is(0.5, "both vectors", slot, position)) {
            sent.add(vectors.forFollower(text));
        }
        return put(key, text, sent);
    }

    /** Where metadata makes up the text, a document comes without a text of its own. */
    private WriteOp put(Key key, String text, List<NamedVector> vectors) {
        return scenario.view()
                ? new WriteOp.Upsert(new Document(key, null, vectors, Map.of("value", Value.of(text)), null))
                : Docs.put(key, text, vectors);
    }

    /** A call and its repetitions. */
    private final class Call {
        private final long slot;
        private final List<Change> changes;
        private final int tries;
        private final Duration timeout;
        private final Map<String, Acks.Before> before = new HashMap<>();

        Call(long slot, List<Change> changes, int tries) {
            this.slot = slot;
            this.changes = changes;
            this.tries = tries;
            this.timeout = Duration.ofMillis(200 + scenario.chance().below(2_000, "timeout", slot));
        }

        void tryOnce(int number) {
            Sidecar sidecar = reach("through", slot, number);
            if (sidecar == null || meetsWithoutMigration()) {
                changes.forEach(change -> change.effects().forEach(effect -> effect.notFound(fleet.time.nanos())));
                return;
            }
            trace.add(() -> "write " + slot + "#" + number + " through " + sidecar.name() + ": "
                    + changes.stream().map(Change::op).map(Clients::brief).toList());
            Acks.Before first = before.computeIfAbsent(sidecar.name(), name -> acks.begins(sidecar));
            changes.forEach(change -> acks.begins(change.op().key()));
            boolean[] over = new boolean[1];
            fleet.time.after(timeout.plus(PATIENCE), () -> {
                if (!over[0]) {
                    over[0] = true;
                    trace.add(() -> "write " + slot + "#" + number + " is not answered");
                    changes.forEach(change -> acks.ends(change.op().key(), lastLanding()));
                    failed(true, number);
                }
            });
            String writeId = alone ? "" : "w" + slot;
            sidecar.write(changes.stream().map(Change::op).toList(), writeId, timeout)
                    .whenComplete((reply, failed) -> {
                        if (over[0]) {
                            return;
                        }
                        over[0] = true;
                        trace.add(() -> "write " + slot + "#" + number + ": " + brief(reply, failed));
                        if (number == 1 && !writeId.isEmpty()) {
                            repeated.answered(
                                    slot,
                                    sidecar,
                                    changes.stream().map(Change::op).toList(),
                                    reply,
                                    failed);
                        }
                        if (failed == null) {
                            answered(reply);
                            for (int i = 0; i < changes.size(); i++) {
                                filtered.answered(
                                        sidecar,
                                        changes.get(i).op(),
                                        reply.results().get(i),
                                        number == 1);
                                acks.answered(
                                        sidecar,
                                        slot + "." + i,
                                        first,
                                        reply.results().get(i),
                                        reply.epoch());
                            }
                            reply.results()
                                    .forEach(result -> acks.ends(
                                            result.key(),
                                            result.leader() == WriteReply.Leader.UNKNOWN ? lastLanding() : 0));
                        } else {
                            boolean doubtful = isDoubtful(failed);
                            changes.forEach(change -> acks.ends(change.op().key(), doubtful ? lastLanding() : 0));
                            failed(doubtful, number);
                        }
                    });
        }

        /**
         * Without a migration nobody notices that the vector of a joined text is made of what two calls at once have each
         * half of (docs/promises.md, Missing): there is one at a time.
         */
        private boolean meetsWithoutMigration() {
            if (!scenario.view()) {
                return false;
            }
            boolean isSingle = !invariants.isMirroredByAll();
            boolean meets = false;
            for (Change change : changes) {
                Key key = change.op().key();
                meets |= (isSingle || begunInSingle.contains(key)) && !acks.isAtRest(key);
                if (isSingle) {
                    begunInSingle.add(key);
                } else if (acks.isAtRest(key)) {
                    begunInSingle.remove(key);
                }
            }
            return meets;
        }

        /**
         * Where the other index had the document, that shows the update until it is reconciled, which in a fleet a member that has
         * not moved its reads yet may still read.
         */
        private boolean mayBeSeen(WriteReply.Result result) {
            return scenario.sidecars() > 1
                    && result.follower() == WriteReply.Follower.PENDING
                    && invariants.phase().needsBoth();
        }

        private void answered(WriteReply reply) {
            for (int i = 0; i < changes.size(); i++) {
                Change change = changes.get(i);
                WriteReply.Leader leader = reply.results().get(i).leader();
                boolean took = leader == WriteReply.Leader.APPLIED
                        || (leader == WriteReply.Leader.NOT_FOUND && change.op() instanceof WriteOp.Delete);
                for (History.Write effect : change.effects()) {
                    if (took) {
                        effect.acked(fleet.time.nanos());
                    } else if (leader == WriteReply.Leader.NOT_FOUND
                            && mayBeSeen(reply.results().get(i))) {
                        effect.doubtful(lastLanding());
                    } else if (leader == WriteReply.Leader.NOT_FOUND || leader == WriteReply.Leader.NOT_MATCHED) {
                        effect.notFound(fleet.time.nanos());
                    } else if (leader == WriteReply.Leader.UNKNOWN) {
                        effect.doubtful(lastLanding());
                    } else {
                        refused(effect);
                    }
                }
            }
        }

        private void failed(boolean doubtful, int number) {
            changes.forEach(change -> change.effects().forEach(effect -> {
                if (doubtful) {
                    effect.doubtful(lastLanding());
                } else {
                    refused(effect);
                }
            }));
            if (number < tries) {
                changes.forEach(change -> change.effects().forEach(effect -> effect.doubtful(lastLanding())));
                fleet.time.after(PATIENCE, () -> tryOnce(number + 1));
            }
        }
    }

    /** The index that leads has not taken it. */
    void refused(History.Write effect) {
        if (invariants.phase() == Phase.SINGLE || invariants.phase() == Phase.MIRRORING) {
            effect.refused();
        } else {
            effect.refusedByNew();
        }
    }

    /** What a call has left under way lands at the latest then. */
    long lastLanding() {
        return fleet.time.nanos() + Engine.SETTLE.toNanos();
    }

    boolean isDoubtful(Throwable failed) {
        Throwable cause = Cause.of(failed);
        if (cause.getCause() instanceof EmbeddingException refused && refused.isPermanent()) {
            return false;
        }
        if (cause.getCause() instanceof IndexException) {
            return true; // the fault of an engine
        }
        if (cause instanceof CallException call && call.kind() == CallException.Kind.INVALID) {
            history.violation("a good call is refused: " + cause);
            return false;
        }
        if (!(cause instanceof CallException call) || call.kind() == CallException.Kind.INTERNAL) {
            history.violation("a call failed by a fault of the sidecar: " + cause);
            return true;
        }
        return switch (call.kind()) {
            case UNKNOWN, DEADLINE, INTERNAL -> true;
            default -> false;
        };
    }

    private void read(long slot) {
        Sidecar sidecar = reach("read through", slot);
        if (sidecar == null) {
            return;
        }
        Key key = scenario.chance().is(0.1, "read old?", slot)
                ? scenario.old("read old", slot)
                : scenario.key(scenario.key("read key", slot));
        read(sidecar, key, slot);
    }

    /** Reads each of the documents that are written all the time. */
    void readAll() {
        Sidecar sidecar = fleet.first();
        if (sidecar.isReachable()) {
            scenario.busy().forEach(key -> read(sidecar, key, -1));
        }
    }

    private void read(Sidecar sidecar, Key key, long slot) {
        long began = fleet.time.nanos();
        boolean mayVanish = invariants.mayVanish();
        sidecar.fetch(key, READ_TIMEOUT).thenAccept(reply -> {
            StoredDocument document =
                    reply.documents().isEmpty() ? null : reply.documents().get(0);
            trace.add(() -> "read " + slot + " through " + sidecar.name() + ": " + key.id() + " "
                    + (document == null ? "absent" : Docs.value(document) + " " + document.metadata()));
            values(document)
                    .forEach((part, value) -> history.read(
                            register(key, part),
                            value,
                            new History.Read(
                                    began,
                                    fleet.time.nanos(),
                                    invariants.isOnNew(reply.epoch()),
                                    mayVanish || invariants.mayVanish())));
        });
    }

    /** What a document says, register by register; null where it says nothing. */
    Map<String, @Nullable String> values(@Nullable StoredDocument document) {
        Map<String, @Nullable String> values = new HashMap<>();
        values.put("text", scenario.view() ? note(document, "value") : Docs.value(document));
        NOTES.forEach(note -> values.put(note, note(document, note)));
        if (!scenario.embeds()) {
            values.put("vector", document == null ? null : vectors.label(document));
        }
        return values;
    }

    private static @Nullable String note(@Nullable StoredDocument document, String name) {
        Value note = document == null ? null : document.metadata().get(name);
        return note instanceof Value.Text text ? text.value() : null;
    }

    private static String brief(WriteOp op) {
        if (op instanceof WriteOp.Upsert upsert) {
            return upsert.key().id() + "=" + upsert.document().text();
        } else if (op instanceof WriteOp.UpdateMetadata update) {
            return update.key().id() + "+" + update.patch();
        }
        return (op instanceof WriteOp.Delete ? "-" : "vector of ") + op.key().id();
    }

    static String brief(@Nullable WriteReply reply, @Nullable Throwable failed) {
        return reply == null || failed != null
                ? String.valueOf(failed)
                : reply.results().stream()
                        .map(result -> result.leader() + "/" + result.follower() + " @" + result.version())
                        .toList()
                        .toString();
    }
}
