package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.grpc.Deadline;
import io.qdrant.client.grpc.Common;
import io.qdrant.client.grpc.Common.Condition;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt;
import io.qdrant.client.grpc.Points.DeletePayloadPoints;
import io.qdrant.client.grpc.Points.DeletePoints;
import io.qdrant.client.grpc.Points.GetPoints;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.PointVectors;
import io.qdrant.client.grpc.Points.PointsIdsList;
import io.qdrant.client.grpc.Points.PointsSelector;
import io.qdrant.client.grpc.Points.PointsUpdateOperation;
import io.qdrant.client.grpc.Points.SetPayloadPoints;
import io.qdrant.client.grpc.Points.UpdateBatchPoints;
import io.qdrant.client.grpc.Points.UpdateResult;
import io.qdrant.client.grpc.Points.UpdateStatus;
import io.qdrant.client.grpc.Points.UpsertPoints;
import io.qdrant.client.grpc.Points.WithPayloadSelector;
import io.qdrant.client.grpc.Points.WithVectorsSelector;
import io.qdrant.client.grpc.Points.WriteOrdering;
import io.qdrant.client.grpc.PointsGrpc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one call. Whole documents go together, in messages no larger than may be; so do removals, after it was asked
 * which of the points there are, because the engine does not tell. Each change goes in a call of its own, all at once: in a
 * call of several the engine stops at the first point that is missing, with some of the others done.
 *
 * <p>Each call writes the outcomes of its own positions, before its future completes.
 */
final class Writer {
    private final Server server;
    private final Scheme scheme;
    private final Points points;
    private final Payloads payloads;
    private final WriteOrdering ordering;
    private final int shards;
    private final int mostBytes;
    private final Deadline deadline;
    private final List<IndexWrite> writes;
    private final Outcome[] outcomes;

    /** How a collection is written to. */
    record How(
            Server server,
            Scheme scheme,
            Points points,
            Payloads payloads,
            WriteOrdering ordering,
            int shards,
            int mostBytes) {}

    Writer(How how, Deadline deadline, List<IndexWrite> writes) {
        this.server = how.server();
        this.scheme = how.scheme();
        this.points = how.points();
        this.payloads = how.payloads();
        this.ordering = how.ordering();
        this.shards = how.shards();
        this.mostBytes = how.mostBytes();
        this.deadline = deadline;
        this.writes = writes;
        this.outcomes = new Outcome[writes.size()];
    }

    CompletableFuture<List<Outcome>> write() {
        Sorter sorter = new Sorter();
        for (int i = 0; i < writes.size(); i++) {
            IndexWrite write = writes.get(i);
            String problem = VectorCheck.problem(scheme.definition().vectors(), write);
            problem = problem == null ? payloads.problem(metadata(write)) : problem;
            if (problem != null) {
                outcomes[i] = new Outcome.Rejected(problem);
            } else {
                write.match(sorter.at(i));
            }
        }
        List<CompletableFuture<Void>> calls = sorter.changes;
        calls.addAll(upserts(sorter.puts));
        if (!sorter.removals.isEmpty()) {
            calls.add(remove(sorter.removals));
        }
        sorter.unstamped.forEach((upTo, positions) -> calls.add(unstamp(positions, upTo)));
        return CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                .thenApply(done -> Arrays.asList(outcomes));
    }

    private static Map<String, Value> metadata(IndexWrite write) {
        return write.match(new IndexWrite.Cases<Map<String, Value>, RuntimeException>() {
            @Override
            public Map<String, Value> put(IndexWrite.Put put) {
                return put.document().metadata();
            }

            @Override
            public Map<String, Value> patchMetadata(IndexWrite.PatchMetadata patch) {
                return patch.patch().set();
            }

            @Override
            public Map<String, Value> patchVectors(IndexWrite.PatchVectors patch) {
                return Map.of();
            }

            @Override
            public Map<String, Value> remove(IndexWrite.Remove remove) {
                return Map.of();
            }

            @Override
            public Map<String, Value> unstamp(IndexWrite.Unstamp unstamp) {
                return Map.of();
            }
        });
    }

    /** A document on its way. */
    private record Placed(int position, PointStruct point) {}

    /** Puts each write where it belongs, and sends changes off. */
    private final class Sorter implements IndexWrite.Cases<Void, RuntimeException> {
        private final List<Placed> puts = new ArrayList<>();
        private final List<Integer> removals = new ArrayList<>();
        private final Map<Long, List<Integer>> unstamped = new HashMap<>();
        private final List<CompletableFuture<Void>> changes = new ArrayList<>();
        private int position;

        Sorter at(int next) {
            position = next;
            return this;
        }

        @Override
        @SuppressWarnings("NullAway") // nothing to return
        public Void put(IndexWrite.Put put) {
            puts.add(new Placed(position, points.write(put.document())));
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // nothing to return
        public Void patchMetadata(IndexWrite.PatchMetadata patch) {
            changes.add(change(position, patch));
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // nothing to return
        public Void patchVectors(IndexWrite.PatchVectors patch) {
            PointId id = PointIds.of(patch.key());
            Map<String, JsonWithInt.Value> payload = payloads.stamp(patch.stamp());
            changes.add(end(List.of(position), 2, update(id, points.vectors(patch.vectors()), payload)));
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // nothing to return
        public Void remove(IndexWrite.Remove remove) {
            removals.add(position);
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // nothing to return
        public Void unstamp(IndexWrite.Unstamp unstamp) {
            unstamped.computeIfAbsent(unstamp.upTo(), same -> new ArrayList<>()).add(position);
            return null;
        }
    }

    private List<CompletableFuture<Void>> upserts(List<Placed> puts) {
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        List<Placed> together = new ArrayList<>();
        long bytes = 0;
        for (Placed each : puts) {
            int size = each.point().getSerializedSize();
            if (size > mostBytes) {
                outcomes[each.position()] =
                        new Outcome.Rejected("document: " + size + " bytes (expected: at most " + mostBytes + ")");
                continue;
            }
            if (bytes + size > mostBytes) {
                calls.add(upsert(List.copyOf(together)));
                together.clear();
                bytes = 0;
            }
            together.add(each);
            bytes += size;
        }
        if (!together.isEmpty()) {
            calls.add(upsert(together));
        }
        return calls;
    }

    private CompletableFuture<Void> upsert(List<Placed> puts) {
        UpsertPoints.Builder request = UpsertPoints.newBuilder()
                .setCollectionName(scheme.collection())
                .setWait(true)
                .setOrdering(ordering)
                .setTimeout(Reader.seconds(deadline));
        puts.forEach(each -> request.addPoints(each.point()));
        CompletableFuture<List<UpdateResult>> call = server.call(
                        PointsGrpc.getUpsertMethod(), request.build(), deadline)
                .thenApply(response -> List.of(response.getResult()));
        return Branches.compose(call, (results, failed) -> {
            if (failed != null && isRefusal(failed) && puts.size() > 1) {
                int middle = puts.size() / 2;
                return CompletableFuture.allOf(
                        upsert(puts.subList(0, middle)), upsert(puts.subList(middle, puts.size())));
            }
            accept(puts.stream().map(Placed::position).toList(), spread(puts.size()), results, failed);
            return CompletableFuture.completedFuture(null);
        });
    }

    /** Steps of one operation on so many points: of each shard one. */
    private int spread(int count) {
        return Math.min(shards, count);
    }

    private static boolean isRefusal(Throwable failed) {
        return Cause.of(failed) instanceof RpcFailure failure && failure.isRefusal();
    }

    /** One operation of the engine, unless vectors change too or all of the metadata does. */
    private CompletableFuture<Void> change(int position, IndexWrite.PatchMetadata patch) {
        PointId id = PointIds.of(patch.key());
        if (!patch.patch().replace()) {
            return change(position, id, patch, List.of());
        }
        GetPoints request = get(List.of(id), true);
        CompletableFuture<List<String>> standing = server.call(PointsGrpc.getGetMethod(), request, deadline)
                .thenApply(response -> response.getResultList().stream()
                        .flatMap(
                                point -> payloads
                                        .metadata(PointIds.key(id, point.getPayloadMap()), point.getPayloadMap())
                                        .keySet()
                                        .stream())
                        .toList());
        return Branches.compose(standing, (keys, failed) -> {
            if (failed == null) {
                return change(position, id, patch, keys);
            }
            outcomes[position] = unread(failed);
            return CompletableFuture.completedFuture(null);
        });
    }

    private CompletableFuture<Void> change(
            int position, PointId id, IndexWrite.PatchMetadata patch, Collection<String> standing) {
        Map<String, JsonWithInt.Value> payload = payloads.change(patch.patch(), standing, patch.stamp());
        boolean isAlone = patch.vectors().isEmpty();
        return end(
                List.of(position),
                isAlone ? 1 : 2,
                isAlone ? setPayload(id, payload) : update(id, points.vectors(patch.vectors()), payload));
    }

    private CompletableFuture<List<UpdateResult>> setPayload(PointId id, Map<String, JsonWithInt.Value> payload) {
        SetPayloadPoints request = SetPayloadPoints.newBuilder()
                .setCollectionName(scheme.collection())
                .setWait(true)
                .setOrdering(ordering)
                .setTimeout(Reader.seconds(deadline))
                .setPointsSelector(only(List.of(id)))
                .putAllPayload(payload)
                .build();
        return server.call(PointsGrpc.getSetPayloadMethod(), request, deadline)
                .thenApply(response -> List.of(response.getResult()));
    }

    /** Vectors first, the version last: the engine takes one after the other, and stops at one that fails. */
    private CompletableFuture<List<UpdateResult>> update(
            PointId id, io.qdrant.client.grpc.Points.Vectors vectors, Map<String, JsonWithInt.Value> payload) {
        UpdateBatchPoints request = UpdateBatchPoints.newBuilder()
                .setCollectionName(scheme.collection())
                .setWait(true)
                .setOrdering(ordering)
                .setTimeout(Reader.seconds(deadline))
                .addOperations(PointsUpdateOperation.newBuilder()
                        .setUpdateVectors(PointsUpdateOperation.UpdateVectors.newBuilder()
                                .addPoints(PointVectors.newBuilder().setId(id).setVectors(vectors))))
                .addOperations(PointsUpdateOperation.newBuilder()
                        .setSetPayload(PointsUpdateOperation.SetPayload.newBuilder()
                                .setPointsSelector(only(List.of(id)))
                                .putAllPayload(payload)))
                .build();
        return server.call(PointsGrpc.getUpdateBatchMethod(), request, deadline)
                .thenApply(response -> response.getResultCount() == 2 ? response.getResultList() : List.of());
    }

    private CompletableFuture<Void> remove(List<Integer> positions) {
        List<PointId> ids =
                positions.stream().map(i -> PointIds.of(writes.get(i).key())).toList();
        CompletableFuture<Set<PointId>> there = server.call(PointsGrpc.getGetMethod(), get(ids, false), deadline)
                .thenApply(response -> {
                    Set<PointId> found = new HashSet<>();
                    response.getResultList().forEach(point -> found.add(point.getId()));
                    return found;
                });
        return Branches.compose(
                there,
                (found, failed) -> failed == null ? remove(positions, ids, found) : ended(positions, unread(failed)));
    }

    private CompletableFuture<Void> remove(List<Integer> positions, List<PointId> ids, Set<PointId> found) {
        List<Integer> present = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            if (found.contains(ids.get(i))) {
                present.add(positions.get(i));
            } else {
                outcomes[positions.get(i)] = Outcome.NOT_FOUND;
            }
        }
        if (present.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        DeletePoints request = DeletePoints.newBuilder()
                .setCollectionName(scheme.collection())
                .setWait(true)
                .setOrdering(ordering)
                .setTimeout(Reader.seconds(deadline))
                .setPoints(only(ids.stream().filter(found::contains).toList()))
                .build();
        return end(
                present,
                spread(present.size()),
                server.call(PointsGrpc.getDeleteMethod(), request, deadline)
                        .thenApply(response -> List.of(response.getResult())));
    }

    /** One operation for all: its filter leaves later versions out. */
    private CompletableFuture<Void> unstamp(List<Integer> positions, long upTo) {
        List<PointId> ids =
                positions.stream().map(i -> PointIds.of(writes.get(i).key())).toList();
        Condition isOlder = Conditions.compares(JsonPath.of(PayloadKeys.VERSION), Filter.Operator.LTE, (double) upTo);
        DeletePayloadPoints request = DeletePayloadPoints.newBuilder()
                .setCollectionName(scheme.collection())
                .setWait(true)
                .setOrdering(ordering)
                .setTimeout(Reader.seconds(deadline))
                .addAllKeys(Payloads.pathsOfStamp(scheme.vectorNames().keySet()))
                .setPointsSelector(PointsSelector.newBuilder()
                        .setFilter(Common.Filter.newBuilder()
                                .addMust(Conditions.hasId(ids))
                                .addMust(isOlder)))
                .build();
        return end(
                positions,
                spread(positions.size()),
                server.call(PointsGrpc.getDeletePayloadMethod(), request, deadline)
                        .thenApply(response -> List.of(response.getResult())));
    }

    private GetPoints get(List<PointId> ids, boolean isWithPayload) {
        return GetPoints.newBuilder()
                .setCollectionName(scheme.collection())
                .addAllIds(ids)
                .setWithPayload(WithPayloadSelector.newBuilder().setEnable(isWithPayload))
                .setWithVectors(WithVectorsSelector.newBuilder().setEnable(false))
                .setTimeout(Reader.seconds(deadline))
                .build();
    }

    private static PointsSelector only(List<PointId> ids) {
        return PointsSelector.newBuilder()
                .setPoints(PointsIdsList.newBuilder().addAllIds(ids))
                .build();
    }

    private CompletableFuture<Void> end(
            List<Integer> positions, int steps, CompletableFuture<List<UpdateResult>> call) {
        return Branches.compose(call, (results, failed) -> {
            accept(positions, steps, results, failed);
            return CompletableFuture.completedFuture(null);
        });
    }

    private CompletableFuture<Void> ended(List<Integer> positions, Outcome outcome) {
        positions.forEach(position -> outcomes[position] = outcome);
        return CompletableFuture.completedFuture(null);
    }

    private void accept(
            List<Integer> positions, int steps, @Nullable List<UpdateResult> results, @Nullable Throwable failed) {
        Outcome outcome = results != null ? outcome(results) : outcome(failed, steps);
        positions.forEach(position -> outcomes[position] = outcome);
    }

    /** Completed alone is done. What was acknowledged or waited for in vain is in the log, and will be. */
    private static Outcome outcome(List<UpdateResult> results) {
        boolean isDone =
                !results.isEmpty() && results.stream().allMatch(result -> result.getStatus() == UpdateStatus.Completed);
        return isDone
                ? Outcome.APPLIED
                : new Outcome.Unknown("status: "
                        + results.stream().map(UpdateResult::getStatus).toList() + " (expected: Completed)");
    }

    private static Outcome outcome(@Nullable Throwable failed, int steps) {
        Throwable cause = failed == null ? new IllegalStateException("no reply") : Cause.of(failed);
        return cause instanceof RpcFailure failure ? failure.outcome(steps) : new Outcome.Unknown(cause.toString());
    }

    /** Of a write that was not sent, because what it needed could not be read. */
    private static Outcome unread(Throwable failed) {
        return new Outcome.Failed("not sent: " + Cause.message(failed));
    }
}
