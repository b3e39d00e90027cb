package io.crossfade.proxy.simulation;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Setting;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.harness.Watched;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.write.journal.ParkedRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What holds because the stages of a sidecar are put together as they are: observers hear what they should, requests are
 * checked whole, calls are limited, and a copy makes way for live writes. Its acts want fair weather and no traffic.
 */
final class Wiring {
    /** Most calls that a collection works on at once in this world. */
    static final int CALLS_IN_FLIGHT = 200;

    private static final int TOO_MANY = 30;
    private static final int SLOW_WRITES = 60;
    private static final Duration SLOW = Duration.ofMillis(1_500);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long LEAST_REST_MILLIS = 100;
    private static final int FEWEST_PAGES = 6;
    private static final Key NOBODY = Key.of("nobody");

    private final Scenario scenario;
    private final Fleet fleet;
    private final EngineTrouble engines;
    private final Invariants invariants;
    private final History history;
    private final Trace trace;
    private final LongConsumer run;

    /**
     * @param run lets so many milliseconds pass
     */
    Wiring(
            Scenario scenario,
            Fleet fleet,
            EngineTrouble engines,
            Invariants invariants,
            History history,
            Trace trace,
            LongConsumer run) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.engines = engines;
        this.invariants = invariants;
        this.history = history;
        this.trace = trace;
        this.run = run;
    }

    /** At any time: what was set aside or lost has been told of at once. */
    void checkNews() {
        fleet.sidecars.stream()
                .filter(Sidecar::hasMigration)
                .forEach(sidecar -> checkNews(sidecar.name(), sidecar.watched(), sidecar.migration()));
    }

    /** At rest: what observers are told is what is so. */
    void checkWhatIsTold() {
        fleet.sidecars.stream().filter(Sidecar::isServing).forEach(this::checkWhatIsTold);
    }

    private void checkWhatIsTold(Sidecar sidecar) {
        Watched told = sidecar.watched();
        Route route = sidecar.route();
        if (told.route().filter(last -> last == route).isEmpty()) {
            history.violation(sidecar.name() + ": told of route " + told.route() + ", but is on " + route);
        }
        if (told.status()
                .map(Status::local)
                .filter(local -> local.appliedEpoch() == route.epoch())
                .isEmpty()) {
            history.violation(sidecar.name() + ": no status of " + route);
        }
        checkVerdicts(sidecar, route);
    }

    /** Those of this migration, whichever process has found them; none of another. */
    private void checkVerdicts(Sidecar sidecar, Route route) {
        Optional<VerifyState> shown = sidecar.admin().status().join().verify();
        Optional<VerifyState> known = fleet.verdicts()
                .filter(stored -> !route.isSingle()
                        && stored.started() == invariants.agreed().startedVersion());
        if (!shown.equals(known)) {
            history.violation(sidecar.name() + ": shows verdicts " + shown + " (expected: " + known + ")");
        }
    }

    private void checkNews(String name, Watched told, Migration migration) {
        if (migration.dirty().range().isPresent() && !told.hasLostRecords()) {
            history.violation(
                    name + ": not told of dirty range " + migration.dirty().range());
        }
        Set<Key> known = new HashSet<>(told.parked.keySet());
        migration.found().parked().forEach(before -> known.add(before.key()));
        for (ParkedRecord parked : migration.parked().list(Integer.MAX_VALUE)) {
            if (!known.contains(parked.key())) {
                history.violation(name + ": not told of parked " + parked);
            }
        }
    }

    /** In some runs, while a migration goes on or a new index leads, and nobody else calls. */
    void act() {
        if (invariants.phase().needsBoth()
                || !scenario.chance().is(0.15, "wiring", invariants.agreed().epoch())) {
            return;
        }
        fleet.sidecars.stream().filter(Sidecar::isReachable).findFirst().ifPresent(sidecar -> {
            badCalls(sidecar);
            crowd(sidecar);
            if (invariants.phase() == Phase.MIRRORING && invariants.isCopied() && sidecar.hasMigration()) {
                pressure(sidecar);
            }
        });
    }

    /** A request that is wrong in one place is refused whole. */
    private void badCalls(Sidecar sidecar) {
        trace.add(() -> "bad calls through " + sidecar.name());
        WriteOp twice = Docs.delete(NOBODY);
        refused(sidecar.write(TIMEOUT, twice, twice), "the same key twice");
        WriteOp[] tooMany = IntStream.rangeClosed(0, Setting.BATCH)
                .mapToObj(i -> Docs.delete(Key.of("nobody" + i)))
                .toArray(WriteOp[]::new);
        refused(sidecar.write(TIMEOUT, tooMany), tooMany.length + " documents");
    }

    private void refused(CompletableFuture<?> call, String what) {
        await(call, TIMEOUT);
        CallException.Kind kind = kind(call);
        if (kind != CallException.Kind.INVALID) {
            history.violation(what + ": " + kind + " (expected: " + CallException.Kind.INVALID + ")");
        }
    }

    private static CallException.@Nullable Kind kind(CompletableFuture<?> call) {
        return call.handle((done, failed) ->
                        failed == null || !(Cause.of(failed) instanceof CallException why) ? null : why.kind())
                .getNow(null);
    }

    /** Calls that hang in the engine are limited: those beyond are refused at once. */
    private void crowd(Sidecar sidecar) {
        trace.add(() -> "a crowd calls " + sidecar.name());
        engines.leaderHas(new Fault.Hang());
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < CALLS_IN_FLIGHT + TOO_MANY; i++) {
            calls.add(sidecar.fetch(NOBODY, TIMEOUT));
        }
        run.accept(5);
        long refused = calls.stream()
                .filter(call -> kind(call) == CallException.Kind.EXHAUSTED)
                .count();
        engines.leaderHas(null);
        calls.forEach(call -> await(call, TIMEOUT));
        run.accept(TIMEOUT.toMillis());
        if (refused < TOO_MANY) {
            history.violation(refused + " calls of " + calls.size() + " are refused (expected: >= " + TOO_MANY + ")");
        }
    }

    private void writeToNobody(Sidecar sidecar) {
        List<CompletableFuture<?>> writes = new ArrayList<>();
        for (int i = 0; i < SLOW_WRITES; i++) {
            writes.add(sidecar.write(TIMEOUT, Docs.patch(Key.of("nobody" + i), "note1", "x")));
        }
        writes.forEach(write -> await(write, TIMEOUT.multipliedBy(2)));
    }

    /** While live writes are slower than usual, whatever reads both indexes makes way. */
    private void pressure(Sidecar sidecar) {
        trace.add(() -> "live writes through " + sidecar.name() + " become slow");
        writeToNobody(sidecar);
        engines.leaderHas(new Fault.Slow(SLOW));
        writeToNobody(sidecar);
        engines.leaderHas(null);
        run.accept(2_000);
        if (!sidecar.isServing() || invariants.phase() != Phase.MIRRORING) {
            return;
        }
        int pages = 2 * fleet.onPrimary().size() / Math.max(1, scenario.batch());
        long began = fleet.time.nanos();
        CompletableFuture<?> verify = begun(() -> sidecar.verify(false));
        await(verify, Duration.ofSeconds(30));
        long tookMillis = Duration.ofNanos(fleet.time.nanos() - began).toMillis();
        if (pages >= FEWEST_PAGES && !verify.isCompletedExceptionally() && tookMillis < LEAST_REST_MILLIS) {
            history.violation(
                    "a verify of " + pages + " pages took " + tookMillis + " ms though live writes were slow");
        }
    }

    private static CompletableFuture<?> begun(Supplier<CompletableFuture<?>> call) {
        try {
            return call.get();
        } catch (CallException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void await(CompletableFuture<?> call, Duration most) {
        for (long i = 0; i < most.toMillis() && !call.isDone(); i += 10) {
            run.accept(10);
        }
    }
}
