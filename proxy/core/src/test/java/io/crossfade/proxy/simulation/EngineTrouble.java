package io.crossfade.proxy.simulation;

import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.kit.memory.Fault;
import io.crossfade.proxy.kit.memory.FaultPlan;
import io.crossfade.proxy.model.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Engines that refuse, hang, answer late or not at all, or are gone. */
final class EngineTrouble {
    private final Scenario scenario;
    private final Fleet fleet;
    private final Invariants invariants;
    private final Trace trace;
    private final Map<String, Long> cutUntil = new HashMap<>();
    private double share;
    private boolean followerHangs;
    private boolean migrationIsDown;
    private boolean oldAnswersLate;
    private boolean oldIsSlow;
    private @Nullable Fault ofLeader;
    private @Nullable IntConsumer killer;

    EngineTrouble(Scenario scenario, Fleet fleet, Invariants invariants, Trace trace) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.invariants = invariants;
        this.trace = trace;
    }

    /**
     * @param next of the faults of this world, from 0 to 1
     */
    void share(double next) {
        share = next;
    }

    /** While true, whichever engine follows never answers, and all else is well. */
    void followerHangs(boolean hangs) {
        followerHangs = hangs;
    }

    /** While true, the migration index is gone, and all else is well. */
    void migrationIsDown(boolean down) {
        trace.add(() -> "the migration index is " + (down ? "gone" : "back"));
        migrationIsDown = down;
    }

    /** While true, the old index is slow beside a migration index that is gone, which may answer what it was asked before. */
    void oldIsSlow(boolean slow) {
        oldIsSlow = slow;
    }

    /**
     * @param fault of every call to whichever index leads, while all else is well; null: none any more
     */
    void leaderHas(@Nullable Fault fault) {
        ofLeader = fault;
    }

    /** Leaves half of the writes to the old index without an answer while true; they land after their timeout. */
    void oldAnswersLate(boolean late) {
        trace.add(() -> "the old index " + (late ? "answers late" : "answers in time"));
        oldAnswersLate = late;
    }

    void cut(int sidecar, String engine, Duration length) {
        cutUntil.put(sidecar + engine, fleet.time.nanos() + length.toNanos());
    }

    /** Nobody is cut off any more. */
    void mend() {
        cutUntil.clear();
    }

    /**
     * The next write to the migration index lands when its sender is dead.
     *
     * @param kill ends the sidecar of that number
     */
    void nextCopyIsTheLast(IntConsumer kill) {
        killer = kill;
    }

    /** What the calls of a process that begins will meet. */
    void plan(int sidecar) {
        fleet.get(sidecar).toPrimary().faults().plan((operation, call) -> fault(sidecar, "old", operation));
        fleet.get(sidecar).toMigration().faults().plan((operation, call) -> fault(sidecar, "new", operation));
    }

    private Fault fault(int sidecar, String engine, FaultPlan.Operation operation) {
        long now = fleet.time.nanos();
        if (cutUntil.getOrDefault(sidecar + engine, 0L) > now) {
            return new Fault.Hang();
        }
        if (migrationIsDown) {
            return engine.equals("new")
                    ? gone(sidecar, operation, now)
                    : oldIsSlow ? slow(sidecar, operation, now) : Fault.NONE;
        }
        if (ofLeader != null) {
            return engine.equals(follower()) ? Fault.NONE : ofLeader;
        }
        if (followerHangs) {
            return engine.equals(follower()) ? new Fault.Hang() : Fault.NONE;
        }
        long[] where = {sidecar, engine.hashCode(), operation.ordinal(), now};
        IntConsumer kill = killer;
        if (kill != null && engine.equals("new") && operation == FaultPlan.Operation.WRITE) {
            killer = null;
            trace.add(() -> fleet.get(sidecar).name() + " sends its last write");
            fleet.time.after(Duration.ofMillis(1), () -> kill.accept(sidecar));
            return new Fault.LateApply(Duration.ofMillis(2 + scenario.chance().below(500, "last write", where)));
        }
        if (oldAnswersLate
                && engine.equals("old")
                && operation == FaultPlan.Operation.WRITE
                && scenario.chance().is(0.5, "late?", where)) {
            return new Fault.LateApply(Duration.ofMillis(scenario.chance().below(500, "late by", where)));
        }
        if (!scenario.chance().is(scenario.faults() * share, "fault", where)) {
            return scenario.chance().is(0.6, "quick", where)
                    ? Fault.NONE
                    : new Fault.Slow(
                            Duration.ofNanos(100_000 + scenario.chance().below(8_000_000, "slow", where)));
        }
        return switch (operation) {
            case OPEN -> openFault(where);
            case READ -> readFault(where);
            case WRITE -> writeFault(where);
        };
    }

    /** What was read before it hung may still be on its way. */
    private Fault gone(long sidecar, FaultPlan.Operation operation, long now) {
        long[] where = {sidecar, operation.ordinal(), now};
        boolean isRead = operation == FaultPlan.Operation.READ;
        return oldIsSlow && isRead && scenario.chance().is(0.5, "still on its way", where)
                ? new Fault.LateAnswer(Duration.ofMillis(scenario.chance().below(3_000, "how late", where)))
                : new Fault.Hang();
    }

    private Fault slow(long sidecar, FaultPlan.Operation operation, long now) {
        long[] where = {sidecar, operation.ordinal(), now};
        Duration delay = Duration.ofMillis(scenario.chance().below(400, "slow old index", where));
        return operation == FaultPlan.Operation.WRITE && scenario.chance().is(0.4, "lands late", where)
                ? new Fault.LateApply(delay)
                : new Fault.Slow(scenario.chance().is(0.5, "old index is slow", where) ? delay : Duration.ZERO);
    }

    private String follower() {
        return invariants.phase().servesMigration() ? "old" : "new";
    }

    /** An engine may hang for longer than a try of a step lasts, and then answer all who have asked. */
    private Fault openFault(long... where) {
        return scenario.chance().is(0.3, "open fault", where)
                ? new Fault.Throw(IndexException.Kind.UNAVAILABLE)
                : new Fault.Slow(Duration.ofMillis(scenario.chance().below(15_000, "slow open", where)));
    }

    private Fault readFault(long... where) {
        return scenario.chance().is(0.5, "read fault", where)
                ? new Fault.Throw(IndexException.Kind.UNAVAILABLE)
                : late(Duration.ofMillis(scenario.chance().below(600, "slow read", where)), where);
    }

    /** Slow on the way there, or on the way back. */
    private Fault late(Duration delay, long... where) {
        return scenario.chance().is(0.5, "late answer", where) ? new Fault.LateAnswer(delay) : new Fault.Slow(delay);
    }

    private Fault writeFault(long... where) {
        Duration delay = Duration.ofMillis(scenario.chance().below(500, "delay", where));
        List<Fault> faults = List.of(
                new Fault.Hang(),
                new Fault.Refuse(new Outcome.Failed("busy")),
                new Fault.AppliedButError(),
                new Fault.LostReply(),
                new Fault.LateApply(delay),
                new Fault.Slow(delay.multipliedBy(2)),
                new Fault.Throw(IndexException.Kind.INTERNAL));
        return faults.get(scenario.chance().below(faults.size(), "write fault", where));
    }
}
