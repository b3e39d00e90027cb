package io.crossfade.proxy.simulation;

import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.JournalDisk;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.kit.memory.MemoryStore;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Engines that are not what they were: emptied, restored from an older copy, or failed over to one that lagged behind.
 * Whichever index follows may lose anything at any time; the one that leads, or is about to, only where the other one
 * has all that was acked, because nobody could bring the rest back.
 */
final class EngineLoss {
    private static final String NOTE = "crossfade.note.";
    private static final int COPIES = 60;
    private static final Duration BETWEEN_COPIES = Duration.ofMillis(100);
    /** By then there is a note, unless the index does not answer. */
    private static final Duration NOTED = Duration.ofSeconds(2);

    private static final int MOST_UNTOLD = (int) NOTED.dividedBy(BETWEEN_COPIES);

    private final Scenario scenario;
    private final Fleet fleet;
    private final Invariants invariants;
    private final Acks acks;
    private final Trace trace;
    /**
     * By then what an earlier process has sent has landed, and somebody has looked since; before, nobody tells what the last
     * writes have become.
     */
    private static final Duration SETTLED = Duration.ofSeconds(6);

    private final Deque<Both> copies = new ArrayDeque<>();
    private long epoch;
    private @Nullable Life life;
    private long servesSince;
    private @Nullable Life lostIn;
    private boolean wasUnsettled;
    private Phase last = Phase.SINGLE;
    private boolean isRecent;
    private @Nullable Key witness;
    private @Nullable Lost lost;

    /**
     * What only the documents tell of.
     *
     * @param left by key: the version of what was left of each that was lost, or null if nothing was
     */
    private record Lost(Engine engine, Map<Key, @Nullable Long> left) {
        /** Whoever looks now finds what was written after the loss, under each key. */
        boolean isWrittenOver() {
            return left.entrySet().stream()
                    .noneMatch(each -> Objects.equals(each.getValue(), version(engine.document(each.getKey()))));
        }
    }

    private record Both(
            MemoryStore.Copy primary, String noteOfPrimary, MemoryStore.Copy migration, String noteOfMigration) {
        String note(boolean ofMigration) {
            return ofMigration ? noteOfMigration : noteOfPrimary;
        }

        MemoryStore.Copy of(boolean ofMigration) {
            return ofMigration ? migration : primary;
        }
    }

    EngineLoss(Scenario scenario, Fleet fleet, Invariants invariants, Acks acks, Trace trace) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.invariants = invariants;
        this.acks = acks;
        this.trace = trace;
    }

    void begin() {
        if (scenario.losesIndexes()) {
            remember();
            fleet.observeAgreed(this::agreed);
        }
    }

    private void remember() {
        if (copies.size() >= COPIES) {
            copies.removeLast();
        }
        if (!fleet.first().isServing() || fleet.first().life() != life) {
            life = fleet.first().life();
            servesSince = fleet.time.nanos();
        }
        copies.addFirst(
                new Both(fleet.primary.copy(), note(fleet.primary), fleet.migration.copy(), note(fleet.migration)));
        fleet.time.after(BETWEEN_COPIES, this::remember);
    }

    /** The index that is about to serve loses something after everybody has agreed, before anybody has moved. */
    private void agreed(CollectionState state) {
        if (state.epoch() > epoch) {
            epoch = state.epoch();
            boolean crosses = last.crossesTo(state.phase()) && hasBeenApplied(state, epoch - 1);
            last = state.phase();
            boolean isSound = state.doubts().isEmpty() && !invariants.isUnnoticed() && isSettled();
            if (crosses && isSound && scenario.chance().is(0.15, "lost as it is to serve", epoch)) {
                lose(state.phase().servesMigration(), epoch);
            }
        }
    }

    /** Otherwise it is taken back, and whoever serves has served all the time. */
    private static boolean hasBeenApplied(CollectionState state, long epoch) {
        return state.members().values().stream().allMatch(member -> member.appliedEpoch() >= epoch);
    }

    boolean isSettled() {
        return fleet.first().life() == life && fleet.time.nanos() - servesSince > SETTLED.toNanos();
    }

    /** What follows loses something, if it has to be whole by now, and has no last copy of what was waived. */
    void loseFollower(long slot) {
        Phase phase = invariants.phase();
        boolean mayLose = phase == Phase.MIRRORING || (phase == Phase.REVERSED && !scenario.waives());
        if (scenario.losesIndexes()
                && mayLose
                && !invariants.isUnnoticed()
                && invariants.agreed().step() == null
                && invariants.agreed().doubts().isEmpty()) {
            lose(!phase.servesMigration(), slot);
        }
    }

    /** What leads loses something; all that was acked must be on the other one. */
    void loseLeader(long slot) {
        acks.leaderLost();
        lose(invariants.phase().servesMigration(), slot);
    }

    /** No note tells what was lost, and nobody has noticed yet: a process that is killed now forgets it. */
    boolean isKnownFromMemoryAlone() {
        return isRecent && invariants.isUnnoticed();
    }

    /**
     * Nobody may ever notice it: the process forgot its last writes, or did not know them for certain, or each document that
     * told of it has been written since.
     */
    boolean mayBeUnseen() {
        return lostIn != null
                && (wasUnsettled || fleet.first().life() != lostIn || (lost != null && lost.isWrittenOver()));
    }

    private void lose(boolean ofMigration, long where) {
        lostIn = fleet.first().life();
        wasUnsettled = !isSettled();
        Engine engine = ofMigration ? fleet.migration : fleet.primary;
        String noted = note(engine);
        int age = age(ofMigration, noted, where);
        Map<Key, StoredDocument> before = engine.contents();
        boolean all = scenario.chance().is(0.3, "all is lost", where) || age >= COPIES;
        trace.add(() -> engine.name() + (all ? " is emptied" : " is restored from copy " + age));
        engine.restore(all ? MemoryStore.Copy.EMPTY : copy(age).of(ofMigration));
        Map<Key, StoredDocument> after = engine.contents();
        Set<Key> changed = changed(before, after);
        witness = witness(changed, before, after);
        boolean tellsItself = all || !noted.equals(note(engine));
        lost = tellsItself ? null : lost(engine, changed, after);
        isRecent = !tellsItself || (!all && BETWEEN_COPIES.multipliedBy(age).compareTo(NOTED) < 0);
        invariants.isLost(engine);
    }

    /**
     * Which copy is put in its place, or {@link #COPIES} for none. One from before the note of the moment where no memory
     * tells of the loss (docs/promises.md, What nobody sees).
     */
    private int age(boolean ofMigration, String noted, long where) {
        int age = scenario.chance().below(Math.max(1, copies.size()), "how much is lost", where);
        if (isSettled() && fleet.first().isServing()) {
            return age;
        }
        age += MOST_UNTOLD;
        while (age < COPIES && copy(age).note(ofMigration).equals(noted)) {
            age++;
        }
        return age;
    }

    /** The last that the first sidecar has written on an index. */
    String note(Engine on) {
        return on.attributes().getOrDefault(NOTE + fleet.first().name(), "");
    }

    /** Whether the note on an index says more than a journal knew. */
    boolean isNoteBeyond(Engine on, JournalDisk.Known known) {
        String[] parts = note(on).split(" ", -1);
        return parts.length > 1
                && (Long.parseLong(parts[2]) > known.sent() || Long.parseLong(parts[5]) > known.written());
    }

    /** The one that tells of the loss, as long as nobody changes it; null if all that is lost does, or another one. */
    @Nullable
    Key witness() {
        return witness;
    }

    private static Set<Key> changed(Map<Key, StoredDocument> before, Map<Key, StoredDocument> after) {
        Set<Key> changed = new TreeSet<>(before.keySet());
        changed.addAll(after.keySet());
        changed.removeIf(key -> Objects.equals(version(before.get(key)), version(after.get(key))));
        return changed;
    }

    private static @Nullable Key witness(
            Set<Key> changed, Map<Key, StoredDocument> before, Map<Key, StoredDocument> after) {
        boolean showsItself = changed.stream().anyMatch(key -> !before.containsKey(key) || !after.containsKey(key));
        return showsItself ? null : changed.stream().findFirst().orElse(null);
    }

    private static Lost lost(Engine engine, Set<Key> changed, Map<Key, StoredDocument> after) {
        Map<Key, @Nullable Long> left = new HashMap<>();
        changed.forEach(key -> left.put(key, version(after.get(key))));
        return new Lost(engine, left);
    }

    private static @Nullable Long version(@Nullable StoredDocument document) {
        return document == null ? null : document.version();
    }

    private Both copy(int age) {
        Iterator<Both> each = copies.iterator();
        Both copy = each.next();
        for (int i = 0; i < age && each.hasNext(); i++) {
            copy = each.next();
        }
        return copy;
    }
}
