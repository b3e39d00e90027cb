package io.crossfade.proxy.simulation;

import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.harness.Setting;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.write.journal.Pending;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Some of the documents that are written together have a text that the new model fails on: they stay pending and say
 * why, their neighbours are on both indexes soon, and until it is mended each counts as old as its first mark. Wants fair
 * weather and no traffic.
 */
final class Stuck {
    private static final int SOON = 3_000;
    private static final int BETWEEN_PATCHES = 60;
    /** Longer than a flip waits for what is pending. */
    private static final int LONG = 6_000;

    private final Scenario scenario;
    private final Fleet fleet;
    private final HardTexts model;
    private final Clients clients;
    private final Invariants invariants;
    private final History history;
    private final Trace trace;
    private final LongConsumer run;
    private long mended;

    /**
     * @param run lets so many milliseconds pass
     */
    Stuck(
            Scenario scenario,
            Fleet fleet,
            HardTexts model,
            Clients clients,
            Invariants invariants,
            History history,
            Trace trace,
            LongConsumer run) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.model = model;
        this.clients = clients;
        this.invariants = invariants;
        this.history = history;
        this.trace = trace;
        this.run = run;
    }

    /** A key that one process knows to be pending. */
    private record Known(Sidecar sidecar, Life life, Pending pending) {
        Optional<Pending> now() {
            return sidecar.isServing() && sidecar.life() == life && sidecar.hasMigration()
                    ? sidecar.migration().marks().pending(pending.key())
                    : Optional.empty();
        }
    }

    /** May be done once the history is copied, where nothing is in doubt. */
    void act() {
        if (!isPossible()) {
            return;
        }
        List<Key> keys = scenario.busy();
        int hard = 1 + scenario.chance().below(keys.size() - 1, "how many are stuck");
        boolean refuses = scenario.chance().is(0.3, "refused, not stuck");
        trace.add(() -> "the model " + (refuses ? "refuses " : "fails on ") + hard + " of " + keys);
        clients.writeTogether(keys, hard, refuses);
        run.accept(SOON);
        if (!isPossible()) {
            return;
        }
        keys.forEach(this::checkCopied);
        List<Known> stuck = stuck();
        stuck.forEach(this::checkReason);
        patchOrWait(keys.get(0));
        stuck.forEach(this::checkAge);
        checkFlip(stuck);
    }

    private boolean isPossible() {
        return scenario.stuck()
                && !scenario.smallJournal()
                && invariants.phase() == Phase.MIRRORING
                && invariants.agreed().step() == null
                && invariants.isCopied()
                && !invariants.isAnyInDoubt();
    }

    private void checkCopied(Key key) {
        StoredDocument old = fleet.primary.document(key);
        boolean isMarked = fleet.sidecars.stream()
                .anyMatch(sidecar -> sidecar.disk.markedKeys().contains(key));
        if (!HardTexts.isHard(old) && isMarked) {
            history.violation("held up by a text that the model fails on: " + old + " / "
                    + fleet.migration.document(key) + pending());
        }
    }

    private String pending() {
        StringBuilder all = new StringBuilder();
        fleet.sidecars.stream()
                .filter(Sidecar::hasMigration)
                .forEach(sidecar ->
                        all.append("; ").append(sidecar.migration().marks().list(10)));
        return all.toString();
    }

    /** The documents that cannot be copied, as those who know of them say it. */
    private List<Known> stuck() {
        List<Known> stuck = new ArrayList<>();
        Map<Key, StoredDocument> old = fleet.onPrimary();
        fleet.sidecars.stream()
                .filter(Sidecar::hasMigration)
                .forEach(sidecar -> old.values().stream()
                        .filter(HardTexts::isHard)
                        .flatMap(document -> sidecar.migration().marks().pending(document.key()).stream())
                        .forEach(pending -> stuck.add(new Known(sidecar, sidecar.life(), pending))));
        return stuck;
    }

    private void checkReason(Known known) {
        if (!known.pending().running() && !known.pending().reason().contains(HardTexts.FAILURE)) {
            history.violation(known.pending() + " (expected: its reason)");
        }
    }

    private void patchOrWait(Key key) {
        boolean isPatched = scenario.chance().is(0.5, "stuck is patched");
        for (int passed = 0; passed < LONG; ) {
            int next = isPatched ? 1 + scenario.chance().below(BETWEEN_PATCHES, "until it is patched", passed) : LONG;
            run.accept(next);
            passed += next;
            if (isPatched) {
                clients.patch(key);
            }
        }
    }

    private void checkAge(Known known) {
        known.now()
                .filter(now -> HardTexts.isHard(fleet.primary.document(now.key()))
                        && now.openedNanos() > known.pending().openedNanos())
                .ifPresent(younger -> history.violation(
                        younger + " (expected: pending since " + known.pending().openedNanos() + ")"));
    }

    /** What has been stuck for so long is in the way by name. */
    private void checkFlip(List<Known> stuck) {
        boolean isStuck = stuck.stream()
                .anyMatch(known -> known.now()
                        .filter(now -> HardTexts.isHard(fleet.primary.document(now.key())))
                        .isPresent());
        if (scenario.sidecars() > 1 || !isPossible() || !isStuck) {
            return;
        }
        var flip = fleet.first().flip();
        run.accept(2 * Setting.MIRROR_DEADLINE.toMillis());
        String told = flip.handle((done, failed) -> String.valueOf(failed)).getNow("nothing yet");
        trace.add(() -> "a flip is told: " + told);
        if (!told.contains("PENDING_TOO_OLD")) {
            history.violation("a flip beside what is stuck is told: " + told);
        }
    }

    /** The model takes all texts for a while, or the documents are written anew. */
    void mend() {
        if (!scenario.stuck()) {
            return;
        }
        if (scenario.chance().is(0.5, "model is mended", ++mended)) {
            trace.add(() -> "the model is mended");
            model.mend();
        } else {
            fleet.onPrimary().values().stream().filter(HardTexts::isHard).forEach(hard -> clients.mend(hard.key()));
        }
    }
}
