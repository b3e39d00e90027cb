package io.crossfade.proxy.simulation;

import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.Doubt;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.write.journal.ParkedRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold at every instant: epochs only grow; the fleet spans at most two neighbouring phases; a step is taken
 * only if every member agrees, and reads move only while nobody writes and nothing is pending; where both indexes are
 * needed, writes wait for the last member; once the history is copied, which is never undone, a document that differs
 * between the indexes is marked, parked or in a dirty range.
 */
final class Invariants {
    private static final int MOST_SHOWN = 5;
    private static final int MOST_PARKED = 100;

    private final Scenario scenario;
    private final Fleet fleet;
    private final History history;
    private final Vectors vectors;
    private final Trace trace;
    private final Map<Sidecar, Route> lastRoutes = new HashMap<>();
    private final Map<Long, Phase> phases = new HashMap<>(Map.of(1L, Phase.SINGLE));
    private final Set<Long> onNew = new HashSet<>();
    private final Map<String, Member> asked = new HashMap<>();
    private final Map<String, Member> quiet = new HashMap<>();
    private final Map<String, Long> joined = new HashMap<>();
    private boolean unnoticed;
    private boolean hasLost;
    private long losses;
    private long doubtedBefore;
    private CollectionState agreed = CollectionState.initial("");
    private @Nullable CopyProgress copy;
    private long askedFor;
    private boolean copied;
    private boolean hasLeftovers;

    Invariants(Scenario scenario, Fleet fleet, History history, Vectors vectors, Trace trace) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.history = history;
        this.vectors = vectors;
        this.trace = trace;
    }

    /** Sees every change of the control store from now on. */
    void watch() {
        fleet.observeAgreed(this::agreed);
        fleet.observeCopying(this::copying);
    }

    /** Every member is in the migration, as far as it is known. */
    boolean isMirroredByAll() {
        return agreed.phase() != Phase.SINGLE && (agreed.phase() != Phase.MIRRORING || agreed.isAppliedByAll());
    }

    /** R22: reads are moving, and writes go on because the budget of holding is over: some read one index, some the other. */
    boolean mayVanish() {
        return agreed.phase().needsBoth()
                && !agreed.isAppliedByAll()
                && fleet.sidecars.stream()
                        .anyMatch(sidecar ->
                                sidecar.isServing() && sidecar.member().gate().releasedEarly() > 0);
    }

    private void agreed(CollectionState next) {
        if (next.epoch() < agreed.epoch()) {
            history.violation("epochs go back in the store: " + agreed + " to " + next);
        }
        if (next.epoch() > agreed.epoch()) {
            phases.put(next.epoch(), next.phase());
            if (next.serving().equals(fleet.migration.name())) {
                onNew.add(next.epoch());
            } else if (agreed.serving().equals(fleet.migration.name())) {
                history.readsWentBack();
            }
            checkAgreement(next);
            trace.add(() -> "epoch " + next.epoch() + ": " + next.phase());
            if (agreed.phase() == Phase.SINGLE) {
                copied = false;
            }
            hasLeftovers &= !next.phase().needsBoth();
        }
        if (next.step() != null && !next.step().equals(agreed.step())) {
            trace.add(() -> "a step is being taken: " + next.step());
        }
        checkFence(next);
        checkDoubt(next);
        next.members().forEach((name, member) -> {
            CollectionState.Member before = agreed.members().get(name);
            if (member.appliedEpoch() == 0 && (before == null || before.appliedEpoch() != 0)) {
                joined.put(name, next.epoch());
            }
        });
        agreed = next;
        rememberWhoIsQuiet();
    }

    /** R19: everybody who is registered has agreed. R21: reads move while nobody who has agreed is busy. */
    private void checkAgreement(CollectionState next) {
        CollectionState.Step step = agreed.step();
        if (step == null || isTakenBack(next)) {
            return;
        }
        for (String name : agreed.members().keySet()) {
            if (!"".equals(step.answers().get(name))) {
                history.violation("a step without the consent of " + name + ": " + agreed);
            }
        }
        if (agreed.phase().crossesTo(next.phase())) {
            fleet.sidecars.stream()
                    .filter(sidecar -> sidecar.isServing() && quiet.get(sidecar.name()) == sidecar.member())
                    .filter(sidecar -> isBusy(sidecar, next.phase()))
                    .forEach(sidecar -> history.violation("reads move to " + next.phase() + " though " + sidecar.name()
                            + " is busy: " + sidecar.migration().marks().list(MOST_SHOWN)));
        }
    }

    /** No index comes into doubt that has lost nothing. */
    private void checkDoubt(CollectionState next) {
        boolean isNews = next.doubted() > agreed.doubted()
                && next.doubts().stream()
                        .anyMatch(doubt -> doubt.number() == next.doubted() && doubt.kind() != Doubt.Kind.FENCED);
        if (isNews && !hasLost) {
            history.violation("in doubt for nothing: " + next.doubts());
        }
    }

    /** A crossing that nobody has applied is taken back, because an index has come into doubt. */
    private boolean isTakenBack(CollectionState next) {
        return next.step() == null
                && !agreed.doubts().isEmpty()
                && agreed.members().values().stream().noneMatch(member -> member.appliedEpoch() >= agreed.epoch());
    }

    /** R20: a step does not outlast a member that it may count on. */
    private void checkFence(CollectionState next) {
        CollectionState.Step step = agreed.step();
        boolean goesOn = step != null && next.step() != null && next.step().attempt() == step.attempt();
        if (goesOn && !next.members().keySet().containsAll(agreed.members().keySet())) {
            history.violation("a step goes on though a member was fenced in it: " + agreed + " to " + next);
        }
    }

    private static boolean isBusy(Sidecar sidecar, Phase target) {
        boolean mayStayOpen = target == Phase.SEALED && !sidecar.route().fleet();
        return sidecar.route().writes().count() > 0
                || (!mayStayOpen && sidecar.migration().marks().pendingKeys() > 0);
    }

    /** Who has agreed, as the process that it was: one that has begun anew since finds marks that were closed lazily. */
    private void rememberWhoIsQuiet() {
        CollectionState.Step step = agreed.step();
        if (step == null || step.attempt() != askedFor) {
            askedFor = step == null ? 0 : step.attempt();
            asked.clear();
            quiet.clear();
            fleet.sidecars.stream()
                    .filter(Sidecar::isServing)
                    .forEach(sidecar -> asked.put(sidecar.name(), sidecar.member()));
        }
        if (step != null) {
            fleet.sidecars.stream()
                    .filter(sidecar -> sidecar.isServing()
                            && "".equals(step.answers().get(sidecar.name()))
                            && quiet.putIfAbsent(sidecar.name(), sidecar.member()) == null
                            && asked.get(sidecar.name()) == sidecar.member())
                    .forEach(sidecar -> checkQuiet(sidecar, step.target()));
        }
    }

    /** What a member of this try has answered, it has not answered to another (R19). */
    private void checkQuiet(Sidecar sidecar, Phase target) {
        if (agreed.phase().crossesTo(target) && isBusy(sidecar, target)) {
            history.violation(sidecar.name() + " is said to agree to " + target + ", but is busy: "
                    + sidecar.migration().marks().list(MOST_SHOWN));
        }
    }

    /** What an epoch was about. */
    Phase phaseOf(long epoch) {
        return phases.getOrDefault(epoch, Phase.SINGLE);
    }

    /** Whether the new index serves the reads of an epoch. */
    boolean isOnNew(long epoch) {
        return onNew.contains(epoch);
    }

    private void copying(CopyProgress progress) {
        CopyProgress before = copy;
        copy = progress;
        if (before != null && before.started() == progress.started()) {
            if (!progress.isDone() && (before.isDone() || progress.copied() < before.copied())) {
                history.violation("what was copied is undone: " + before + " to " + progress);
            }
        }
        if (progress.isDone() && progress.started() == agreed.startedVersion() && !copied) {
            copied = true;
            trace.add(() -> "the history is copied");
        }
    }

    /** The phase that was agreed last. */
    Phase phase() {
        return agreed.phase();
    }

    CollectionState agreed() {
        return agreed;
    }

    boolean isCopied() {
        return copied;
    }

    void checkRoutes() {
        long lowest = Long.MAX_VALUE;
        long highest = 0;
        for (Sidecar sidecar : fleet.sidecars) {
            if (sidecar.isServing()) {
                Route route = sidecar.route();
                Route before = lastRoutes.put(sidecar, route);
                if (before != null && before.epoch() > route.epoch()) {
                    history.violation(sidecar.name() + ": epochs go back from " + before + " to " + route);
                }
                if (route.epoch() < joined.getOrDefault(sidecar.name(), 0L)) {
                    history.violation(sidecar.name() + " joined in epoch " + joined.get(sidecar.name())
                            + ", and serves " + route); // R19
                }
                checkHeld(sidecar, route);
                lowest = Math.min(lowest, route.epoch());
                highest = Math.max(highest, route.epoch());
            }
        }
        boolean isTakenBack = highest == lowest + 2
                && routes().stream().allMatch(route -> route.phase().needsBoth());
        if (highest > 0 && highest > lowest + 1 && !isTakenBack) { // in one act with its end, before anybody has moved
            history.violation("more than two neighbouring phases: " + routes());
        }
    }

    /**
     * R22, of a fleet; one that has just begun has applied nothing, and lets writes go on that had begun before. Once the
     * budget of holding is over, writes go on.
     */
    private void checkHeld(Sidecar sidecar, Route route) {
        boolean isSomeoneBehind = agreed.members().values().stream()
                .anyMatch(member -> member.appliedEpoch() > 0 && member.appliedEpoch() < agreed.epoch());
        if (route.phase().needsBoth()
                && route.fleet()
                && !sidecar.member().gate().left().isZero()
                && route.epoch() == agreed.epoch()
                && isSomeoneBehind
                && route.writes().count() > 0) {
            history.violation(sidecar.name() + " writes in " + route + " before everybody has applied it: " + agreed);
        }
    }

    private List<Route> routes() {
        return fleet.sidecars.stream()
                .filter(Sidecar::isServing)
                .map(Sidecar::route)
                .toList();
    }

    void checkDocuments() {
        if (fleet.sidecars.stream().anyMatch(Invariants::hasLostRecords)) {
            vectors.mayBeForgotten();
        }
        if (!copied || agreed.phase() == Phase.SINGLE || isAnyInDoubt()) {
            return;
        }
        fleet.sidecars.forEach(
                sidecar -> sidecar.migration().parked().list(MOST_PARKED).forEach(this::checkParked));
        Map<Key, StoredDocument> primary = fleet.onPrimary();
        Map<Key, StoredDocument> migration = fleet.onMigration();
        Set<Key> marked = new HashSet<>();
        fleet.sidecars.forEach(sidecar -> marked.addAll(sidecar.disk.markedKeys()));
        for (Key key : scenario.documents()) {
            if (marked.contains(key)) {
                continue;
            }
            if (fleet.isParked(key)) {
                checkAbsent(key);
            } else {
                compare("not marked", primary.get(key), migration.get(key));
            }
        }
    }

    /** Only what an index refuses is set aside; in a fleet another member may have given that version as well. */
    private void checkParked(ParkedRecord parked) {
        Engine leader = agreed.phase().servesMigration() ? fleet.migration : fleet.primary;
        StoredDocument stands = leader.document(parked.key());
        if (scenario.sidecars() == 1
                && stands != null
                && stands.version() == parked.version()
                && !Clients.isUnfit(stands)) {
            history.violation("parked for nothing: " + parked + ", " + stands);
        }
    }

    /** R29; in a fleet another member may have brought the document there since. */
    private void checkAbsent(Key key) {
        if (scenario.sidecars() > 1) {
            return;
        }
        for (Engine engine : List.of(fleet.primary, fleet.migration)) {
            if (fleet.first().migration().parked().isAbsentOn(engine.name(), key) && engine.document(key) != null) {
                history.violation("parked, and on " + engine.name() + " all the same: " + engine.document(key));
            }
        }
    }

    /** Both indexes say the same, in the vectors of their spaces too. */
    void compare(String where, @Nullable StoredDocument primary, @Nullable StoredDocument migration) {
        if (hasLeftovers && primary == null) {
            return;
        }
        if (!isSame(primary, migration)) {
            history.violation(where + ", but different: " + primary + " / " + migration);
        } else if (primary != null && migration != null && !vectors.areRight(primary, migration)) {
            history.violation(where + ", but wrong vectors: " + primary + " / " + migration + vectors.fedTo(primary)
                    + vectors.fedTo(migration));
        }
    }

    static boolean isSame(@Nullable StoredDocument one, @Nullable StoredDocument other) {
        return one == null || other == null
                ? one == other
                : one.version() == other.version()
                        && Objects.equals(one.text(), other.text())
                        && one.metadata().equals(other.metadata());
    }

    /** The migration index holds what an earlier migration left, until a verify has found it. */
    void hasLeftovers() {
        hasLeftovers = true;
    }

    void isLost(Engine engine) {
        vectors.lost(engine == fleet.migration ? "b" : "a", fleet.time.nanos());
        isLost();
    }

    /** An index has lost what it had; nobody may have noticed yet. */
    void isLost() {
        hasLost = true;
        losses++;
        unnoticed = true;
        doubtedBefore = agreed.doubted();
    }

    /** Nothing is on its way that one of them has had, and has lost. */
    private boolean areSame(boolean inVectors) {
        if (fleet.sidecars.stream()
                .anyMatch(sidecar ->
                        sidecar.hasMigration() && sidecar.migration().marks().pendingKeys() > 0)) {
            return false;
        }
        Map<Key, StoredDocument> primary = fleet.onPrimary();
        Map<Key, StoredDocument> migration = fleet.onMigration();
        return scenario.documents().stream()
                .allMatch(key -> isSame(primary.get(key), migration.get(key))
                        && (!inVectors || areRight(primary.get(key), migration.get(key))));
    }

    private boolean areRight(@Nullable StoredDocument primary, @Nullable StoredDocument migration) {
        return primary == null || migration == null || vectors.areRight(primary, migration);
    }

    /**
     * What an index has lost was updated before anybody looked: it shows in vectors alone, and a comparison alone sees it
     * (docs/promises.md, What nobody sees).
     */
    boolean isLostInVectorsAlone() {
        return isUnnoticed() && areSame(false);
    }

    /** How often an index has lost something. */
    long losses() {
        return losses;
    }

    /** An index lacks something, and nobody has said so yet. */
    boolean isUnnoticed() {
        if (unnoticed && (agreed.doubted() > doubtedBefore || agreed.phase() == Phase.SINGLE || areSame(true))) {
            unnoticed = false;
        }
        return unnoticed;
    }

    /** A sidecar that is not there may have lost its disk, which it finds out when it is back. */
    boolean isAnyInDoubt() {
        return isUnnoticed()
                || !agreed.doubts().isEmpty()
                || fleet.sidecars.stream()
                        .anyMatch(sidecar -> !sidecar.isServing()
                                || sidecar.member().migration() == null
                                || hasLostRecords(sidecar));
    }

    private static boolean hasLostRecords(Sidecar sidecar) {
        return sidecar.hasMigration() && sidecar.migration().dirty().range().isPresent();
    }
}
