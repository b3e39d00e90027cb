package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writes of a collection without a migration: no journal, no versions, no lanes. */
final class SingleWriter {
    private SingleWriter() {}

    static CompletableFuture<List<WriteReply.Result>> write(
            Route route, Lanes lanes, List<WriteOp> ops, Duration timeout) {
        if (route.leader().textSource().isOwn()) {
            return write(route, ops, Map.of(), timeout);
        }
        return lanes.take(ops.stream().map(WriteOp::key).sorted().toList())
                .thenCompose(
                        lease -> writeWithText(route, ops, timeout).whenComplete((results, failed) -> lease.release()));
    }

    /** Where metadata makes up the text, lanes keep a whole write and a change of the text apart. */
    private static CompletableFuture<List<WriteReply.Result>> writeWithText(
            Route route, List<WriteOp> ops, Duration timeout) {
        Set<Key> textChanges = TextChange.keys(route.leader(), ops);
        if (textChanges.isEmpty()) {
            return write(route, ops, Map.of(), timeout);
        }
        return TextChange.texts(route.leader(), ops, textChanges, timeout)
                .thenCompose(texts -> write(route, ops, texts, timeout))
                .thenApply(results -> TextChange.tell(results, textChanges));
    }

    private static CompletableFuture<List<WriteReply.Result>> write(
            Route route, List<WriteOp> ops, Map<Key, String> texts, Duration timeout) {
        return Planner.plan(route, ops, texts).thenCompose(plans -> {
            List<IndexWrite> writes = new ArrayList<>(plans.size());
            plans.forEach(plan -> writes.add(plan.leaderWrite(givenVersion(plan.op()))));
            return route.leader().index().write(writes, timeout).thenApply(outcomes -> {
                List<WriteReply.Result> results = new ArrayList<>(plans.size());
                for (int i = 0; i < plans.size(); i++) {
                    results.add(Results.ofSingle(plans.get(i), outcomes.get(i)));
                }
                return Results.failIfNothingIsKnown(route.leader().name(), outcomes, results);
            });
        });
    }

    /** Only a Crossfade whose index this is gives one. */
    private static long givenVersion(WriteOp op) {
        Stamp stamp = stamp(op);
        return stamp == null ? 0 : stamp.version();
    }

    static @Nullable Stamp stamp(WriteOp op) {
        if (op instanceof WriteOp.Upsert upsert) {
            return upsert.document().stamp();
        } else if (op instanceof WriteOp.UpdateMetadata update) {
            return update.stamp();
        }
        return op instanceof WriteOp.UpdateVectors update ? update.stamp() : null;
    }
}
