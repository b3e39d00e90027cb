package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Admission;
import io.crossfade.proxy.route.Calls;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WritePath;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Writes to a collection without a migration: no journal, no versions of its own, and lanes only where metadata makes
 * up the text, and while somebody writes under a condition.
 *
 * @param tenure asked before each write
 */
public record SingleWriter(Lanes lanes, Time time, Tenure tenure) implements WritePath<Route.Single> {
    @Override
    public CompletableFuture<List<WriteReply.Result>> write(
            Route.Single route, WriteCall call, Duration timeout, Admission admission) {
        Remaining remaining = new Remaining(time, time.nanos() + timeout.toNanos());
        if (call.isConditional()) {
            return inLanes(lanes.takeFromAll(keysInOrder(call)), route, call, remaining);
        }
        Calls without = route.leader().textSource().isOwn() ? lanes.without() : null;
        if (without == null) {
            return inLanes(lanes.take(keysInOrder(call)), route, call, remaining);
        }
        return CompletableFuture.completedFuture(call.writes())
                .thenCompose(ops -> write(route, ops, Map.of(), remaining))
                .whenComplete((results, failed) -> without.exit());
    }

    private static List<Key> keysInOrder(WriteCall call) {
        return call.writes().stream().map(WriteOp::key).sorted().toList();
    }

    private CompletableFuture<List<WriteReply.Result>> inLanes(
            CompletableFuture<Lanes.Lease> lanes, Route.Single route, WriteCall call, Remaining remaining) {
        return lanes.thenCompose(lease -> CompletableFuture.completedFuture(call)
                .thenCompose(taken -> writeInLanes(route, taken, remaining))
                .whenComplete((results, failed) -> lease.release()));
    }

    /** The time until the deadline of a call, which may have to wait for its lanes, for what stands and for vectors. */
    private record Remaining(Time time, long deadlineNanos) {
        Duration left() {
            return Duration.ofNanos(deadlineNanos - time.nanos());
        }

        boolean isOver() {
            return deadlineNanos - time.nanos() <= 0;
        }
    }

    /** Lanes keep a change of the text, and a write under a condition, apart from all other writes of the document. */
    private CompletableFuture<List<WriteReply.Result>> writeInLanes(
            Route.Single route, WriteCall call, Remaining remaining) {
        if (remaining.isOver()) {
            return tooLate();
        }
        Unwritten unwritten = new Unwritten();
        return Condition.judge(route.leader(), call, remaining.left(), unwritten)
                .thenCompose(ops -> writeWithText(route, ops, remaining, unwritten))
                .thenApply(results -> unwritten.complete(call.writes(), results));
    }

    private CompletableFuture<List<WriteReply.Result>> writeWithText(
            Route.Single route, List<WriteOp> ops, Remaining remaining, Unwritten unwritten) {
        if (ops.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        Set<Key> textChanges = TextChange.keys(route.leader(), ops);
        if (textChanges.isEmpty()) {
            return write(route, ops, Map.of(), remaining);
        }
        return TextChange.of(route.leader(), ops, textChanges, remaining.left(), unwritten)
                .thenCompose(change -> (change.ops().isEmpty()
                                ? CompletableFuture.completedFuture(List.<WriteReply.Result>of())
                                : write(route, change.ops(), change.texts(), remaining))
                        .thenApply(results -> change.tell(route.leader(), results)));
    }

    /** Fails a write whose caller has given up: it must not find it applied later. */
    private static <T> CompletableFuture<T> tooLate() {
        return CompletableFuture.failedFuture(new CallException(
                CallException.Kind.DEADLINE, "time was over before the write began; nothing was done"));
    }

    private CompletableFuture<List<WriteReply.Result>> write(
            Route.Single route, List<WriteOp> ops, Map<Key, String> texts, Remaining remaining) {
        return Planner.plan(route, ops, texts).thenCompose(plans -> {
            Duration tenured = tenure.left(route.leader());
            return isSome(tenured)
                    ? send(route, plans, remaining, tenured)
                    : tenure.renewed(route.leader())
                            .thenCompose(renewed -> send(route, plans, remaining, tenure.left(route.leader())));
        });
    }

    private static boolean isSome(Duration time) {
        return !time.isZero() && !time.isNegative();
    }

    /**
     * @param tenured how long the write may last, whatever its deadline; nothing is left of it in a process that was stopped
     *     since it was renewed
     */
    private static CompletableFuture<List<WriteReply.Result>> send(
            Route.Single route, List<PlannedWrite> plans, Remaining remaining, Duration tenured) {
        Duration left = remaining.left();
        if (!isSome(left)) {
            return tooLate();
        } else if (!isSome(tenured)) {
            return CompletableFuture.failedFuture(new CallException(
                    CallException.Kind.UNAVAILABLE,
                    route.leader().name() + ": whether somebody else migrates it is not known now; nothing was done"));
        }
        List<IndexWrite> writes = new ArrayList<>(plans.size());
        plans.forEach(plan -> writes.add(plan.leaderWrite(givenVersion(plan.op()))));
        return route.leader()
                .index()
                .write(writes, tenured.compareTo(left) < 0 ? tenured : left)
                .thenApply(outcomes -> {
                    List<WriteReply.Result> results = new ArrayList<>(plans.size());
                    for (int i = 0; i < plans.size(); i++) {
                        results.add(Results.ofSingle(plans.get(i), outcomes.get(i)));
                    }
                    return Results.failIfNothingIsKnown(route.leader().name(), remaining.isOver(), outcomes, results);
                });
    }

    /** The version that came with the write, or 0; only another Crossfade, whose index this is, sends one. */
    private static long givenVersion(WriteOp op) {
        Stamp stamp = op.stamp();
        return stamp == null ? 0 : stamp.version();
    }
}
