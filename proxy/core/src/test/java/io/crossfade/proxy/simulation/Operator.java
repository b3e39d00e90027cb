package io.crossfade.proxy.simulation;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.Doubt;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.Route;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Whoever drives the migration: takes a step through some sidecar, at times two admins at once through two, and tries
 * again until the phase is reached.
 */
final class Operator {
    private static final int MOST_TRIES = 20;
    private static final int CALM_FROM = 8;
    private static final int CALM_FROM_WITH_SMALL_JOURNAL = 3;
    private static final int ROOMY = 10_000;
    private static final int MOST_WAITS = 400;
    private static final int WAIT_MILLIS = 50;
    private static final int BETWEEN_TRIES = 300;
    private static final int PATIENT = 1_500;
    private static final double EAGER = 0.02;
    private static final double WAIVES = 0.4;
    private static final double RECONCILES = 0.004;
    private static final double RECONCILES_IN_A_STEP = 0.1;

    private final Scenario scenario;
    private final Fleet fleet;
    private final Weather weather;
    private final Clients clients;
    private final Stuck stuck;
    private final Invariants invariants;
    private final History history;
    private final Trace trace;
    private final LongConsumer run;
    private long choices;
    private boolean isBusy;

    /**
     * @param run lets so many milliseconds pass
     */
    Operator(
            Scenario scenario,
            Fleet fleet,
            Weather weather,
            Clients clients,
            Stuck stuck,
            Invariants invariants,
            History history,
            Trace trace,
            LongConsumer run) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.weather = weather;
        this.clients = clients;
        this.stuck = stuck;
        this.invariants = invariants;
        this.history = history;
        this.trace = trace;
        this.run = run;
    }

    void start() {
        reach(Phase.MIRRORING, Sidecar::startMigration);
    }

    void flip() {
        reach(
                Phase.REVERSED,
                sidecar -> repairing().thenCompose(done -> comparing(sidecar)).thenCompose(done -> sidecar.flip()));
    }

    void rollback() {
        reach(Phase.MIRRORING, sidecar -> repairing().thenCompose(done -> sidecar.rollback()));
    }

    /** Once: it may be refused. */
    void tryRollback() {
        attempt(Phase.MIRRORING, Sidecar::rollback);
        awaitSteady(true);
    }

    void complete() {
        reach(Phase.SINGLE, Sidecar::complete);
    }

    void abort() {
        reach(Phase.SINGLE, Sidecar::abort);
    }

    /** A step may fail as long as it can be tried again. */
    private void reach(Phase phase, Function<Sidecar, CompletableFuture<?>> step) {
        String last = "";
        int calmFrom = scenario.smallJournal() ? CALM_FROM_WITH_SMALL_JOURNAL : CALM_FROM;
        for (int i = 0; i < MOST_TRIES && invariants.phase() != phase; i++) {
            if (i == calmFrom) {
                weather.be(Weather.Level.CALM);
                giveJournalsRoom();
            }
            last = attemptOnceFree(phase, step);
            if (invariants.phase() != phase) {
                run.accept(i < calmFrom ? BETWEEN_TRIES : PATIENT);
                awaitSteady(i >= calmFrom);
            }
        }
        if (invariants.phase() != phase) {
            history.violation(phase + " cannot be reached: " + invariants.agreed() + ", " + last + marks());
        }
    }

    /** What needs both indexes must not last: the way home is taken even if whoever began the flip is gone. */
    private void awaitSteady(boolean mustEnd) {
        boolean isTold = false;
        for (int i = 0; i < MOST_WAITS && invariants.phase().needsBoth(); i++) {
            // A sidecar does not begin on another index than the one that served when it ended, until it is told to.
            if (!isTold && scenario.losesIndexes() && fleet.sidecars.stream().anyMatch(Operator::isRefused)) {
                isTold = true;
                fleet.setting.bootstrap(true);
            }
            run.accept(WAIT_MILLIS);
        }
        if (isTold) {
            fleet.setting.bootstrap(false);
        }
        if (mustEnd && invariants.phase().needsBoth()) {
            history.violation("stuck: " + invariants.agreed());
        }
    }

    private static boolean isRefused(Sidecar sidecar) {
        return !sidecar.isServing()
                && sidecar.refusal().map(Throwable::toString).orElse("").contains("control.bootstrap");
    }

    private String marks() {
        StringBuilder all = new StringBuilder();
        fleet.sidecars.stream()
                .filter(sidecar -> sidecar.hasMigration())
                .forEach(sidecar -> all.append("; ")
                        .append(sidecar.name())
                        .append(' ')
                        .append(sidecar.migration().marks().list(5)));
        return all.toString();
    }

    private void giveJournalsRoom() {
        if (scenario.smallJournal()) {
            fleet.setting.maxPending(ROOMY);
            for (int i = 0; i < fleet.sidecars.size(); i++) {
                weather.end(fleet.get(i));
                weather.restart(i);
            }
        }
    }

    /** A verify of an earlier try that makes way for live writes may take long, and no other one runs beside it. */
    private String attemptOnceFree(Phase phase, Function<Sidecar, CompletableFuture<?>> step) {
        isBusy = false;
        String result = attempt(phase, step);
        for (int i = 0; i < MOST_TRIES && invariants.phase() != phase && (isBusy || isBusy(result)); i++) {
            run.accept(PATIENT);
            isBusy = false;
            result = attempt(phase, step);
        }
        return result;
    }

    private static boolean isBusy(String result) {
        return result.contains("a verify is running already");
    }

    private String attempt(Phase phase, Function<Sidecar, CompletableFuture<?>> step) {
        Sidecar first = reachable();
        if (first == null) {
            return "nobody is there";
        }
        trace.add(() -> "to " + phase + " through " + first.name());
        CompletableFuture<?> mine = begin(first, step);
        Sidecar second = scenario.chance().is(0.2, "second admin", ++choices) ? reachable() : null;
        if (second != null) {
            trace.add(() -> "to " + phase + " through " + second.name() + " at once");
            begin(second, step);
        }
        for (int i = 0; i < MOST_WAITS && !mine.isDone() && !first.life().isOver(); i++) {
            run.accept(WAIT_MILLIS);
        }
        String result = mine.handle((done, failed) -> failed == null ? "done" : failed.toString())
                .getNow("not answered");
        trace.add(() -> "to " + phase + ": " + result);
        return result;
    }

    private @Nullable Sidecar reachable() {
        List<Sidecar> reachable =
                fleet.sidecars.stream().filter(Sidecar::isReachable).toList();
        return reachable.isEmpty()
                ? null
                : reachable.get(scenario.chance().below(reachable.size(), "admin", ++choices));
    }

    private static CompletableFuture<?> begin(Sidecar sidecar, Function<Sidecar, CompletableFuture<?>> step) {
        try {
            return step.apply(sidecar);
        } catch (CallException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * What may happen in one slot of time, whatever the phase: dirty ranges are compared at once, with repair or without,
     * and documents are reconciled although nothing is known to be wrong with them.
     */
    void slot(long slot) {
        if (scenario.eager() || (weather.isBad() && scenario.chance().is(EAGER, "eager", slot))) {
            boolean repair = scenario.chance().is(0.5, "eager to repair", slot);
            fleet.sidecars.stream().filter(Operator::isDirty).forEach(sidecar -> {
                var unused = begin(sidecar, dirty -> dirty.verify(repair));
            });
        }
        double reconciles =
                invariants.agreed().step() != null ? RECONCILES_IN_A_STEP : weather.isBad() ? RECONCILES : 0;
        if (scenario.chance().is(reconciles, "reconcile", slot)) {
            Duration later = Duration.ofMillis(scenario.chance().below(300, "reconcile later", slot));
            fleet.sidecars.stream()
                    .filter(sidecar -> sidecar.isReachable() && sidecar.member().migration() != null)
                    .forEach(sidecar -> repairLater(sidecar, sidecar.route(), later));
        }
    }

    /** Makes the follower equal to the leader for all documents, and compares with repair, at once. */
    void reconcileAll() {
        fleet.sidecars.stream()
                .filter(sidecar -> sidecar.isReachable() && sidecar.member().migration() != null)
                .forEach(sidecar -> {
                    if (sidecar.route() instanceof Route.Paired paired) {
                        var unused = sidecar.migration()
                                .reconciler()
                                .reconcile(paired, scenario.documents(), Embedder.Use.REPLAY);
                        var ignored = begin(sidecar, admin -> admin.verify(true));
                    }
                });
    }

    /** As a comparison does, which looks at a difference again before it repairs it; the route may change meanwhile. */
    private void repairLater(Sidecar sidecar, Route route, Duration later) {
        Member same = sidecar.member();
        fleet.time.after(later, () -> {
            Migration open = same.migration();
            if (route instanceof Route.Paired paired
                    && open != null
                    && sidecar.isReachable()
                    && sidecar.member() == same) {
                var unused = open.reconciler().reconcile(paired, scenario.busy(), Embedder.Use.REPLAY);
            }
        });
    }

    /** An index that is in doubt is accepted if it follows; if it leads, what it has lost is brought back to it. */
    private CompletableFuture<?> mendingDoubts(Sidecar sidecar) {
        CompletableFuture<?> steps = CompletableFuture.completedFuture(null);
        CollectionState state = sidecar.member().state();
        for (Doubt doubt : state.doubts()) {
            boolean isLost = doubt.kind().isLoss();
            if (isLost && doubt.about().equals(state.serving())) {
                steps = steps.thenCompose(done -> begin(sidecar, admin -> admin.recover(clients::mend)));
            } else if (doubt.kind() == Doubt.Kind.INDEX_REPLACED) {
                steps = steps.thenCompose(done ->
                        begin(sidecar, admin -> admin.admin().accept(doubt.about(), "")));
            }
        }
        return steps.handle((done, failed) -> {
            trace.add(() -> "doubts are mended: " + failed);
            return null;
        });
    }

    /** Each sidecar ends its own dirty range, if it can; documents that are parked are written anew, or waived. */
    CompletableFuture<Void> repairing() {
        if (scenario.waives() && scenario.chance().is(WAIVES, "waive", ++choices)) {
            clients.waiveParked();
        } else {
            clients.mendParked();
        }
        stuck.mend();
        CompletableFuture<Void> steps = CompletableFuture.completedFuture(null);
        for (Sidecar sidecar : fleet.sidecars) {
            steps = steps.thenCompose(done -> isDirty(sidecar)
                    ? mendingDoubts(sidecar)
                            .thenCompose(mended -> begin(sidecar, this::comparing))
                            .<Void>handle((compared, failed) -> {
                                isBusy |= isBusy(String.valueOf(failed));
                                return null;
                            })
                    : CompletableFuture.completedFuture(null));
        }
        return steps;
    }

    /** A loss that nobody can have noticed is seen by a verify alone. */
    CompletableFuture<?> repairingUnseen() {
        return begin(fleet.first(), sidecar -> sidecar.verify(true)).handle((done, failed) -> null);
    }

    private static boolean isDirty(Sidecar sidecar) {
        return sidecar.isReachable()
                && sidecar.member().migration() != null
                && (sidecar.migration().dirty().range().isPresent()
                        || !sidecar.member().state().doubts().isEmpty());
    }

    /**
     * With repair, then without: what is found then was wrong although nothing said so, or is a false alarm. In a fleet
     * the marks of others are not seen, so there it may be.
     */
    CompletableFuture<VerifyState> comparing(Sidecar sidecar) {
        return sidecar.verify(true).thenCompose(done -> {
            boolean certain = scenario.sidecars() == 1 && invariants.isCopied() && isNothingInDoubt();
            long losses = invariants.losses();
            Sidecar.Findings findings = new Sidecar.Findings(
                    difference -> difference.kind() != Difference.Kind.MOVING && !fleet.isParked(difference.key()));
            return sidecar.verify(false, findings).thenApply(state -> {
                if (certain && isNothingInDoubt() && invariants.losses() == losses) {
                    findings.found.forEach(difference -> history.violation("a false alarm: " + difference));
                }
                return state;
            });
        });
    }

    /** No sidecar is away, and none has lost records. */
    private boolean isNothingInDoubt() {
        return invariants.agreed().doubts().isEmpty()
                && !invariants.isAnyInDoubt()
                && fleet.sidecars.stream()
                        .allMatch(sidecar -> sidecar.hasMigration()
                                && sidecar.migration().dirty().range().isEmpty());
    }
}
