package io.crossfade.proxy.simulation;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Engine;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.JournalDisk;
import io.crossfade.proxy.harness.Ledger;
import io.crossfade.proxy.harness.Setting;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.kit.memory.MemoryStore;
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A whole migration out of one seed, by production code on one thread in simulated time: traffic and trouble, a flip,
 * perhaps a rollback and an end; then quiet, in which all must be well.
 */
final class Simulation {
    private static final long BETWEEN_UPDATES = 200;
    private static final long NOTICED_BY = 1_000;
    private static final Duration SLOT = Duration.ofMillis(5);
    private static final int DOCUMENTS_EVERY = 20;
    private static final int SLOW_COPY = 8;
    private static final int MOST_VIOLATIONS = 5;
    private static final int UNSEEN_AFTER = 20;
    private static final int MOST_COMPARISONS = 60;
    /** A store that is shared is asked again by then, whether or not it has said that there is something new. */
    private static final int LOOK_AGAIN_MILLIS = 6_000;

    private static final String MARKER = "crossfade.marker";
    private static final Embedding FOREIGN = Embedding.of(-1, -1);

    private final Scenario scenario;
    private final Fleet fleet;
    private final History history = new History();
    private final Trace trace;
    private final Acks acks;
    private final Clients clients;
    private final EngineTrouble engines;
    private final EngineLoss losses;
    private final Weather weather;
    private final Invariants invariants;
    private final Operator operator;
    private final Stuck stuck;
    private final Wiring wiring;
    private final Leaving leaving;
    private boolean traffic = true;
    private long slot;

    /**
     * What is left out of a run, to find a shorter one that fails too.
     *
     * @param traffic slots in which no client does anything
     * @param trouble slots in which nothing goes wrong
     */
    record Leaving(LongPredicate traffic, LongPredicate trouble) {
        static final Leaving NOTHING = new Leaving(slot -> false, slot -> false);
    }

    /**
     * @param directory for the few files that sidecars have beside their journals
     */
    Simulation(long seed, Path directory, Leaving leaving, boolean tracing) {
        scenario = Scenario.of(seed);
        HardTexts model = new HardTexts(scenario, new Docs.Model("b"));
        fleet = scenario.embeds()
                ? new Fleet(
                        directory,
                        scenario.sidecars(),
                        "b",
                        scenario.text(),
                        Map.of("", model),
                        Map.of("", new Docs.Model("a")))
                : new Fleet(directory, scenario.sidecars());
        model.time(fleet.time);
        fleet.primary.narrow(scenario.narrow());
        fleet.migration.narrow(scenario.narrow());
        fleet.primary.blocking(scenario.blocking());
        fleet.migration.blocking(scenario.blocking());
        fleet.setting.batch(scenario.batch());
        fleet.setting.pace(scenario.slowCopy() ? SLOW_COPY : 0);
        fleet.setting.sealedLimit(Duration.ofSeconds(3));
        fleet.setting.callsInFlight(Wiring.CALLS_IN_FLIGHT);
        fleet.setting.refuseOnLoss(scenario.refuseOnLoss());
        fleet.setting.bothAfterFlip(scenario.bothAfterFlip());
        history.acksWaitAfterFlip(scenario.bothAfterFlip());
        if (scenario.smallJournal()) {
            fleet.setting.maxPending(2);
        }
        this.leaving = leaving;
        trace = new Trace(fleet.time, tracing);
        Vectors vectors = new Vectors(scenario, history);
        invariants = new Invariants(scenario, fleet, history, vectors, trace);
        acks = new Acks(scenario, fleet, invariants, history);
        clients = new Clients(scenario, fleet, invariants, history, acks, vectors, trace);
        engines = new EngineTrouble(scenario, fleet, invariants, trace);
        losses = new EngineLoss(scenario, fleet, invariants, acks, trace);
        weather = new Weather(scenario, fleet, invariants, acks, engines, losses, trace);
        stuck = new Stuck(scenario, fleet, model, clients, invariants, history, trace, this::pass);
        operator = new Operator(scenario, fleet, weather, clients, stuck, invariants, history, trace, this::pass);
        wiring = new Wiring(scenario, fleet, engines, invariants, history, trace, this::pass);
    }

    /** What came out. */
    record Verdict(Scenario scenario, List<String> violations, List<String> trace, long acked, long slots) {
        boolean holds() {
            return violations.isEmpty();
        }
    }

    /** Ends a run in which something is wrong already. */
    private static final class Violated extends RuntimeException {
        private static final long serialVersionUID = 1;

        Violated() {
            super(null, null, false, false);
        }
    }

    Verdict run() {
        try {
            play();
        } catch (Violated e) {
            trace.add(() -> "VIOLATED");
        } catch (RuntimeException | Error e) {
            history.violation("the simulation ends: " + e + " at " + List.of(e.getStackTrace()));
        }
        return new Verdict(scenario, history.violations(), trace.lines(), history.acked(), slot);
    }

    private void play() {
        invariants.watch();
        weather.begin();
        pass(300);
        unanswered(scenario.chance().is(0.3, "unanswered before it begins"));
        pass(200);
        unanswered(false);
        clients.writeHard(false);
        weather.be(scenario.chance().is(0.5, "starts in a storm") ? Weather.Level.BAD : Weather.Level.LIGHT);
        operator.start();
        storm(800);
        if (!scenario.losesIndexes() && scenario.chance().is(0.15, "abort")) {
            operator.abort();
            invariants.hasLeftovers();
            if (scenario.chance().is(0.5, "gives up")) {
                quiet();
                return;
            }
            operator.start();
            storm(800);
        }
        isolation();
        putBackJournal("put back before the flip");
        loseLeader("lost before the flip");
        waive();
        operator.flip();
        writeWaived();
        storm(800);
        isolation();
        putBackJournal("put back after the flip");
        loseLeader("lost after the flip");
        loseState();
        loseMigrationIndex();
        if (scenario.chance().is(scenario.waives() ? 0.9 : 0.5, "rollback")) {
            operator.rollback();
            storm(500);
            if (scenario.chance().is(0.3, "flip again")) {
                operator.flip();
            }
        } else if (scenario.chance().is(0.4, "complete")) {
            operator.complete();
        }
        quiet();
    }

    /** A document that nobody else writes is missing on the new index, and that is accepted. */
    private void waive() {
        if (scenario.waives()) {
            trace.add(() -> "waived: " + waived());
            clients.writeUnfit(waived());
            pass(1_500);
            clients.waiveParked();
        }
    }

    private Key waived() {
        return scenario.old("waived");
    }

    /** After the flip the old index has the last copy of it: until it is written whole, or removed. */
    private void writeWaived() {
        if (!scenario.waives()) {
            return;
        }
        clients.patch(waived());
        operator.reconcileAll();
        pass(500);
        if (scenario.chance().is(0.5, "waived is removed")) {
            trace.add(() -> "removed: " + waived());
            clients.remove(waived());
            pass(500);
        }
    }

    /** Writes of SINGLE that have no answer, and no mark, may land when the migration has begun. */
    private void unanswered(boolean begins) {
        engines.oldAnswersLate(begins);
        clients.removeMany(begins);
    }

    /** Lets time go on. */
    private void pass(long millis) {
        for (long end = slot + millis / SLOT.toMillis(); slot < end; slot++) {
            if (traffic && !leaving.traffic().test(slot)) {
                clients.slot(slot, SLOT);
            }
            if (!leaving.trouble().test(slot)) {
                weather.slot(slot, SLOT);
                operator.slot(slot);
            }
            fleet.time.advance(SLOT);
            invariants.checkRoutes();
            if (slot % DOCUMENTS_EVERY == 0) {
                invariants.checkDocuments();
                wiring.checkNews();
            }
            if (history.violations().size() >= MOST_VIOLATIONS) {
                throw new Violated();
            }
        }
        if (!history.violations().isEmpty()) {
            throw new Violated();
        }
    }

    /** Bad weather, then some that a step can be taken in. */
    private void storm(long millis) {
        weather.be(Weather.Level.BAD);
        clients.writeHard(true);
        pass(millis);
        clients.writeHard(false);
        weather.be(Weather.Level.CALM);
        pass(millis);
        weather.be(scenario.chance().is(0.5, "light", slot) ? Weather.Level.LIGHT : Weather.Level.CALM);
    }

    /** Promise 1: with a follower that hangs, no call fails, and none waits longer than an ack may take. */
    private void isolation() {
        weather.be(Weather.Level.CALM);
        traffic = false;
        pass(Setting.MIRROR_DEADLINE.toMillis() * 2);
        revive();
        if (invariants.phase().needsBoth()
                || invariants.phase() == Phase.SINGLE
                || scenario.smallJournal()
                || (scenario.bothAfterFlip() && invariants.phase() == Phase.REVERSED)
                || isAnyDirty()
                || isAnyLeaderBusy()) {
            traffic = true;
            return;
        }
        traffic = true;
        clients.oneByOne(true);
        engines.followerHangs(true);
        history.expectWithin(Setting.ACK_WAIT.toNanos());
        pass(300);
        traffic = false;
        pass(50);
        history.expectNothing();
        engines.followerHangs(false);
        clients.oneByOne(false);
        pass(Setting.MIRROR_DEADLINE.toMillis() * 2);
        wiring.act();
        stuck.act();
        traffic = true;
    }

    /** Promise 10: what the index that leads has lost comes back from the other, if that was told of all. */
    private void loseLeader(String what) {
        if (!scenario.losesIndexes() || !scenario.chance().is(0.4, what)) {
            return;
        }
        weather.be(Weather.Level.CALM);
        traffic = false;
        revive();
        for (int i = 0; i < 100 && !isSound(); i++) {
            var unused = operator.repairing();
            pass(500);
        }
        if (isSound() && isCompared() && scenario.documents().stream().noneMatch(fleet::isParked)) {
            boolean dies = scenario.chance().is(0.3, what, 1);
            if (dies) {
                pass(3_000);
            } else {
                burst();
            }
            losses.loseLeader(slot);
            operator.reconcileAll();
            if (dies) {
                fleet.setting.bootstrap(true);
                weather.end(fleet.first());
                weather.restart(0);
            }
            if (losses.mayBeUnseen()) {
                pass(8_000);
            } else {
                updates(8_000);
            }
            fleet.setting.bootstrap(false);
            boolean goesBack =
                    invariants.phase() == Phase.REVERSED && scenario.chance().is(0.5, what, 2);
            if (goesBack && fleet.first().isServing()) {
                operator.rollback();
            }
            for (int i = 0; i < 20 && !isSound(); i++) {
                revive();
                var unused = operator.repairing();
                pass(1_000);
            }
            if (!isSound()) {
                history.violation("what was lost does not come back: " + invariants.agreed());
            }
            compare();
            clients.readAll();
            pass(1_000);
            if (goesBack) {
                operator.flip();
            }
        }
        traffic = true;
    }

    /** Documents are updated, of which the leader may have an older copy only, before and after that is found. */
    private void updates(long millis) {
        for (long passed = 0; passed < millis; ) {
            Key updated = scenario.key(scenario.key("which", slot));
            if (scenario.chance().is(0.5, "updated", slot) && !updated.equals(losses.witness())) {
                clients.patch(updated);
            }
            long next = passed < NOTICED_BY ? BETWEEN_UPDATES / 10 : BETWEEN_UPDATES;
            pass(next);
            passed += next;
        }
    }

    /** The last writes of the leader, which no note covers yet, are on both indexes. */
    private void burst() {
        clients.oneByOne(true);
        traffic = true;
        pass(100);
        traffic = false;
        clients.oneByOne(false);
        for (int i = 0; i < 100 && !(isSound() && isUnread()); i++) {
            pass(10);
        }
    }

    /** No read is under way that the loss of an index would meet. */
    private boolean isUnread() {
        return fleet.first().isServing() && fleet.first().route().reads().count() == 0;
    }

    private boolean isCompared() {
        var compared = operator.comparing(fleet.first());
        pass(500);
        return compared.handle((verdict, failed) -> failed == null && verdict.wasClean())
                .getNow(false);
    }

    /** Both indexes have all that was acked, and nobody doubts it. */
    private boolean isSound() {
        return isCalm() && !isAnyDirty() && invariants.isCopied() && !invariants.isAnyInDoubt();
    }

    /** Where a driver has one thread, and a call of bad weather holds it, the index that leads is in trouble, too. */
    private boolean isAnyLeaderBusy() {
        boolean onNew = invariants.agreed().serving().equals(fleet.migration.name());
        return fleet.sidecars.stream()
                .anyMatch(sidecar ->
                        sidecar.isServing() && (onNew ? sidecar.toMigration() : sidecar.toPrimary()).isBusy());
    }

    private boolean isAnyDirty() {
        return fleet.sidecars.stream()
                .anyMatch(sidecar -> sidecar.isServing()
                        && sidecar.migration().dirty().range().isPresent());
    }

    private void revive() {
        for (int i = 0; i < 2_000 && fleet.sidecars.stream().anyMatch(Simulation::isOnItsWay); i++) {
            pass(10);
        }
        fleet.sidecars.stream()
                .filter(Simulation::isOnItsWay)
                .forEach(sidecar -> history.violation(sidecar.name() + " does not begin: " + sidecar.refusal()));
        if (!history.violations().isEmpty()) {
            throw new Violated();
        }
    }

    private static boolean isOnItsWay(Sidecar sidecar) {
        return sidecar.hasBegun() && !sidecar.isServing();
    }

    /**
     * Promise 5: the way back is open though the new index is gone, if all that was acked had reached the old one; and
     * promise 4: only then. Where acks wait for both indexes after the flip, all has, and the new one may be gone for good.
     */
    private void loseMigrationIndex() {
        boolean mayOverflow = scenario.smallJournal(); // then nobody knows what has reached the old one
        if (scenario.sidecars() > 1 || mayOverflow || !scenario.chance().is(0.7, "migration index lost")) {
            return;
        }
        weather.be(Weather.Level.CALM);
        traffic = false;
        revive();
        for (int i = 0; i < 100 && !isCalm(); i++) {
            pass(100);
        }
        traffic = true;
        if (!isCalm() || invariants.phase() != Phase.REVERSED) {
            return;
        }
        boolean lags = scenario.chance().is(0.2, "old index lags");
        if (lags) {
            engines.followerHangs(true);
            pass(200);
        }
        boolean isSlow = scenario.chance().is(0.7, "old index is slow beside it");
        engines.oldIsSlow(isSlow);
        if (isSlow) {
            fleet.first().disk.latency(this::slowDisk);
        }
        boolean isGone = scenario.bothAfterFlip() && !lags;
        if (isGone) {
            pass(scenario.chance().below(300, "until it is gone for good"));
        }
        engines.migrationIsDown(true);
        if (isGone) {
            for (int i = 0; i < 100 && !isUnread(); i++) {
                pass(10);
            }
            trace.add(() -> "the new index is gone for good");
            fleet.migration.restore(MemoryStore.Copy.EMPTY);
            invariants.isLost();
            engines.oldIsSlow(false);
            fleet.setting.bootstrap(true);
        }
        engines.followerHangs(false);
        pass(scenario.chance().below(1_500, "until reads go back"));
        if (!isGone && (lags || isSlow || scenario.losesIndexes())) {
            operator.tryRollback();
        } else {
            operator.rollback();
        }
        pass(500);
        fleet.first().disk.latency(() -> Duration.ZERO);
        engines.oldIsSlow(false);
        engines.migrationIsDown(false);
        operator.flip();
        fleet.setting.bootstrap(false);
    }

    private Duration slowDisk() {
        long now = fleet.time.nanos();
        return scenario.chance().is(0.1, "slow disk", now)
                ? Duration.ofMillis(scenario.chance().below(1_500, "how slow", now))
                : Duration.ZERO;
    }

    /** Promise 8: a lost state directory does not reopen the old route. */
    private void loseState() {
        if (scenario.sidecars() > 1 || !scenario.chance().is(0.3, "state lost")) {
            return;
        }
        revive();
        if (!fleet.primary.attributes().containsKey(MARKER)) {
            return;
        }
        Ledger before = fleet.control();
        Sidecar only = fleet.first();
        trace.add(() -> "the state directory is lost");
        only.kill();
        fleet.control(fleet.emptyStore(false));
        weather.restart(0);
        pass(1_000);
        if (only.isServing()) {
            history.violation("serves " + only.route() + " though its state is lost: " + invariants.agreed());
        }
        trace.add(() -> "the state directory is restored");
        only.kill();
        only.life().end();
        fleet.control(before);
        weather.restart(0);
    }

    /** Promise 10: a journal that is put back as it was some time ago does not pass for all of it. */
    private void putBackJournal(String what) {
        if (!scenario.putsBack() || !scenario.chance().is(0.6, what)) {
            return;
        }
        weather.be(Weather.Level.CALM);
        revive();
        Sidecar only = fleet.first();
        if (!only.hasMigration() || invariants.phase().needsBoth()) {
            return;
        }
        pass(2_000);
        Runnable older = only.disk.copy();
        JournalDisk.Known ofPrimary = only.disk.known(fleet.primary.name());
        JournalDisk.Known ofMigration = only.disk.known(fleet.migration.name());
        pass(scenario.chance().below(6_000, what, 1));
        if (!losses.isNoteBeyond(fleet.primary, ofPrimary) && !losses.isNoteBeyond(fleet.migration, ofMigration)) {
            return; // nobody could tell: a note that lands now may have been sent before
        }
        trace.add(() -> "the journal is put back as it was");
        weather.end(only);
        older.run();
        acks.forget(only);
        weather.restart(0);
        revive();
        pass(3_000);
        if (!only.watched().hasLostRecords()) {
            history.violation("a journal that was put back is taken for all of it");
        }
    }

    /** Trouble stops, clients stop: both indexes come to hold the same, and nothing that was acked is lost. */
    private void quiet() {
        trace.add(() -> "quiet");
        weather.be(Weather.Level.CALM);
        traffic = false;
        weather.loseOneForGood();
        revive();
        weather.everybodyBegins();
        revive();
        if (scenario.chance().is(scenario.unfit() ? 0.8 : 0.3, "all start again")) {
            startAgain();
        }
        awaitCalm();
        pass(15_000);
        awaitCalm(); // a start that somebody asked for earlier may have come to its end only now
        compare();
        awaitNews();
        wiring.checkWhatIsTold();
        changeVector();
    }

    private void awaitCalm() {
        for (int i = 0; i < 60 && !isCalm(); i++) {
            if (!invariants.phase().needsBoth()) {
                boolean isUnseen = losses.mayBeUnseen() || invariants.isLostInVectorsAlone();
                var unused = i >= UNSEEN_AFTER && isUnseen ? operator.repairingUnseen() : operator.repairing();
            }
            pass(1_000);
        }
        if (!isCalm()) {
            history.violation("does not become quiet: " + invariants.agreed() + "; "
                    + fleet.sidecars.stream().map(Simulation::unrest).toList());
        }
    }

    /** Nothing is compared any more, and those who have missed a change of the store have looked again. */
    private void awaitNews() {
        if (invariants.phase() != Phase.SINGLE && !invariants.phase().needsBoth() && isSound()) {
            compareAll(false, new Sidecar.Findings());
        }
        pass(LOOK_AGAIN_MILLIS);
    }

    /** Somebody changes a vector of the follower around all sidecars: a comparison finds it, and a repair mends it. */
    private void changeVector() {
        if (invariants.phase() == Phase.SINGLE || !isSound()) {
            return;
        }
        boolean isReversed = invariants.phase() == Phase.REVERSED;
        Engine leader = isReversed ? fleet.migration : fleet.primary;
        Engine follower = isReversed ? fleet.primary : fleet.migration;
        scenario.documents().stream()
                .filter(key -> !fleet.isParked(key) && leader.document(key) != null && isKnown(follower.document(key)))
                .findFirst()
                .ifPresent(key -> changeVector(follower, key));
    }

    /** What the model fails on cannot be repaired. */
    private static boolean isKnown(@Nullable StoredDocument document) {
        return document != null && !document.stamp().written().isEmpty() && !HardTexts.isHard(document);
    }

    private void changeVector(Engine follower, Key key) {
        trace.add(() -> "the vector of " + key + " is changed on " + follower.name());
        follower.changeVector(key, FOREIGN);
        Sidecar.Findings findings = new Sidecar.Findings();
        compareAll(false, findings);
        if (findings.found.stream()
                .noneMatch(found -> found.key().equals(key) && found.kind() == Difference.Kind.FOREIGN_WRITE)) {
            history.violation("a vector was changed, and is not found to be: " + findings.found);
        }
        compareAll(true, new Sidecar.Findings());
        compare();
    }

    /** Once no earlier comparison is running any more. */
    private void compareAll(boolean repair, Sidecar.Findings findings) {
        String last = "";
        for (int i = 0; i < MOST_COMPARISONS; i++) {
            var compared = fleet.first().verify(repair, findings);
            fleet.until(compared::isDone);
            if (!compared.isCompletedExceptionally()) {
                return;
            }
            last = String.valueOf(compared.handle((done, failed) -> failed).join());
            pass(1_000);
        }
        history.violation("cannot be compared: " + last);
    }

    /** What is set aside by now is still known afterwards. */
    private void startAgain() {
        if (scenario.unfit()) {
            clients.writeUnfit(scenario.key(0));
        }
        pass(2_000);
        trace.add(() -> "all are killed");
        fleet.setting.bootstrap(invariants.isAnyInDoubt()); // the one that serves may have lost everything
        for (int i = 0; i < fleet.sidecars.size(); i++) {
            weather.end(fleet.get(i));
            weather.restart(i);
        }
        revive();
        fleet.setting.bootstrap(false);
    }

    private boolean isCalm() {
        return !invariants.phase().needsBoth()
                && !invariants.isUnnoticed()
                && invariants.agreed().doubts().isEmpty()
                && fleet.sidecars.stream()
                        .allMatch(sidecar -> sidecar.isServing()
                                && (sidecar.route().isSingle()
                                        || (sidecar.migration().marks().pendingKeys() == 0
                                                && sidecar.disk.markedKeys().isEmpty()
                                                && sidecar.migration()
                                                        .dirty()
                                                        .range()
                                                        .isEmpty())));
    }

    private static String unrest(Sidecar sidecar) {
        return sidecar.name() + " "
                + (sidecar.hasMigration()
                        ? sidecar.migration().marks().list(10) + " on disk " + sidecar.disk.markedKeys() + " dirty "
                                + sidecar.migration().dirty().range()
                        : sidecar.refusal().toString());
    }

    private void compare() {
        boolean single = invariants.phase() == Phase.SINGLE;
        Map<Key, StoredDocument> primary = fleet.onPrimary();
        Map<Key, StoredDocument> migration = fleet.onMigration();
        boolean servesMigration = fleet.first().route().leader().name().equals(fleet.migration.name());
        for (Key key : scenario.documents()) {
            StoredDocument stands = (servesMigration ? migration : primary).get(key);
            clients.values(stands)
                    .forEach((part, value) ->
                            history.stands("at rest", Clients.register(key, part), value, servesMigration));
            if (!single && !fleet.isParked(key)) {
                invariants.compare("at rest", primary.get(key), migration.get(key));
            }
        }
    }
}
