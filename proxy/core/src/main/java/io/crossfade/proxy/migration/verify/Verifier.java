package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.Slice;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.migration.backfill.Pace;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.migration.state.VerifyState.SliceVerdict;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Compares one slice of both indexes: the leader's documents with the follower's by key, then the follower's keys with
 * the leader's, to find what is too much. Per key the generation of its marks is taken while none is open, both sides
 * are read, and only if the generation has not moved there is a verdict; else it is looked at again (R25).
 */
public final class Verifier {
    private final Reconciler reconciler;
    private final Route.Paired route;
    private final Comparison comparison;
    private final Time time;
    private final Pace pace;
    private final Plan plan;
    private final Slice slice;
    private final long beganMillis;
    private long compared;
    private long different;
    private long moving;
    private long repaired;
    private final long repairsBefore;
    private final Map<Key, List<Long>> suspected = new HashMap<>();

    /**
     * @param batch documents compared together
     * @param looks how often a key that moves is looked at
     * @param repair reconcile what differs, then look once more
     * @param listener told of each difference that stands
     */
    public record Plan(
            int batch, int looks, Duration betweenLooks, boolean repair, Duration timeout, Listener listener) {}

    /** Hears of progress; calls come one at a time. */
    public interface Listener {
        void compared(long documents);

        void found(Difference difference);

        void repaired(long documents);

        /** True ends the run early, without a verdict. */
        boolean isCancelled();
    }

    public Verifier(
            Reconciler reconciler,
            Route.Paired route,
            Time time,
            Pace pace,
            Plan plan,
            Slice slice,
            long repairsBefore) {
        this.reconciler = reconciler;
        this.route = route;
        this.comparison = new Comparison(route);
        this.time = time;
        this.pace = pace;
        this.plan = plan;
        this.slice = slice;
        this.beganMillis = time.wallMillis();
        this.repairsBefore = repairsBefore;
    }

    public CompletableFuture<SliceVerdict> run() {
        return compareFrom("")
                .thenCompose(done -> lookForExtraFrom(""))
                .thenApply(done -> new SliceVerdict(
                        compared, different, moving, repaired, beganMillis, repairsBefore, repairsBefore));
    }

    private CompletableFuture<Void> compareFrom(String cursor) {
        return scan(route.leader().index(), cursor, keys -> look(keys, 1, false), true);
    }

    private CompletableFuture<Void> lookForExtraFrom(String cursor) {
        return scan(route.follower().index(), cursor, this::lookForExtra, false);
    }

    /** Compares the keys that the leader lacks as any other; most are there, and cost a read of their stamps. */
    private CompletableFuture<Void> lookForExtra(List<Key> keys) {
        return route.leader()
                .index()
                .fetch(keys, Projection.STAMP, plan.timeout())
                .thenCompose(present -> {
                    List<Key> suspects = keys.stream()
                            .filter(key -> !present.containsKey(key))
                            .toList();
                    return suspects.isEmpty() ? CompletableFuture.completedFuture(null) : look(suspects, 1, false);
                });
    }

    /** What to do with a page of keys. */
    @FunctionalInterface
    private interface Step {
        CompletableFuture<Void> take(List<Key> keys);
    }

    private CompletableFuture<Void> scan(VectorIndex index, String cursor, Step step, boolean counts) {
        if (plan.listener().isCancelled()) {
            return CompletableFuture.failedFuture(new java.util.concurrent.CancellationException("cancelled"));
        }
        if (!reconciler.isOn(route)) {
            return CompletableFuture.failedFuture(new CallException(
                    CallException.Kind.ABORTED, "the route changed while both indexes were compared"));
        }
        ScanQuery query = new ScanQuery(cursor, slice, null, null, Projection.STAMP, plan.batch());
        return pace.await(plan.batch())
                .thenCompose(ready -> index.scan(query, plan.timeout()))
                .thenCompose(page -> {
                    List<Key> keys =
                            page.documents().stream().map(StoredDocument::key).toList();
                    return step.take(keys)
                            .thenComposeAsync(
                                    done -> {
                                        if (counts) {
                                            compared += keys.size();
                                            plan.listener().compared(keys.size());
                                        }
                                        return page.isLast()
                                                ? CompletableFuture.<Void>completedFuture(null)
                                                : scan(index, page.cursor(), step, counts);
                                    },
                                    task -> time.after(Duration.ZERO, task));
                });
    }

    private CompletableFuture<Void> look(List<Key> keys, int look, boolean afterRepair) {
        Map<Key, Long> quiet = new HashMap<>();
        for (Key key : keys) {
            Long generation = reconciler.marks().quietGeneration(key);
            if (generation != null) {
                quiet.put(key, generation);
            }
        }
        List<Key> readable = List.copyOf(quiet.keySet());
        CompletableFuture<Map<Key, StoredDocument>> leader =
                route.leader().index().fetch(readable, comparison.fromLeader(), plan.timeout());
        CompletableFuture<Map<Key, StoredDocument>> follower =
                route.follower().index().fetch(readable, comparison.fromFollower(), plan.timeout());
        return leader.thenCombine(follower, (left, right) -> judge(keys, quiet, left, right))
                .thenCompose(findings -> act(findings, look, afterRepair));
    }

    /**
     * @param again keys that moved while they were read
     */
    private record Findings(List<Difference> differences, List<Key> again) {}

    private Findings judge(
            List<Key> keys, Map<Key, Long> quiet, Map<Key, StoredDocument> leader, Map<Key, StoredDocument> follower) {
        Findings findings = new Findings(new ArrayList<>(), new ArrayList<>());
        for (Key key : keys) {
            Long before = quiet.get(key);
            if (before == null || !before.equals(reconciler.marks().quietGeneration(key))) {
                findings.again().add(key);
            } else {
                judge(key, leader.get(key), follower.get(key)).ifPresent(difference -> {
                    if (isCertain(key, leader.get(key), follower.get(key))) {
                        findings.differences().add(difference);
                    } else {
                        findings.again().add(key);
                    }
                });
            }
        }
        return findings;
    }

    /**
     * Whether a difference is certain at once. The marks of other sidecars are not seen here: in a fleet it must stand
     * at two looks, far enough apart to settle.
     */
    private boolean isCertain(Key key, @Nullable StoredDocument leader, @Nullable StoredDocument follower) {
        List<Long> versions =
                List.of(leader == null ? -1 : leader.version(), follower == null ? -1 : follower.version());
        return !route.fleet() || versions.equals(suspected.put(key, versions));
    }

    private Duration betweenLooks() {
        return route.fleet() ? plan.betweenLooks().plus(route.unknownSettle()) : plan.betweenLooks();
    }

    private Optional<Difference> judge(Key key, @Nullable StoredDocument leader, @Nullable StoredDocument follower) {
        if (leader != null) {
            return reconciler.parked().isWaived(key, leader.version())
                    ? Optional.empty()
                    : comparison.compare(leader, follower);
        }
        return follower == null
                ? Optional.empty()
                : Optional.of(new Difference(
                        key, Difference.Kind.EXTRA, "not on " + route.leader().name()));
    }

    private CompletableFuture<Void> act(Findings findings, int look, boolean afterRepair) {
        CompletableFuture<Void> steps = CompletableFuture.completedFuture(null);
        if (!findings.differences().isEmpty()) {
            steps = steps.thenCompose(done -> settle(findings.differences(), afterRepair));
        }
        if (findings.again().isEmpty()) {
            return steps;
        }
        if (look >= plan.looks()) {
            findings.again().forEach(key -> {
                moving++;
                plan.listener()
                        .found(new Difference(key, Difference.Kind.MOVING, "changed at each of " + look + " looks"));
            });
            return steps;
        }
        return steps.thenCompose(done -> rest(betweenLooks()))
                .thenCompose(rested -> look(findings.again(), look + 1, afterRepair));
    }

    private CompletableFuture<Void> settle(List<Difference> differences, boolean afterRepair) {
        if (!plan.repair() || afterRepair) {
            different += differences.size();
            differences.forEach(plan.listener()::found);
            return CompletableFuture.completedFuture(null);
        }
        List<Key> keys = differences.stream().map(Difference::key).toList();
        return reconciler.reconcile(route, keys, Embedder.Use.REPLAY).thenCompose(result -> {
            repaired += result.reconciled();
            plan.listener().repaired(result.reconciled());
            return look(keys, 1, true);
        });
    }

    private CompletableFuture<Void> rest(Duration length) {
        CompletableFuture<Void> rested = new CompletableFuture<>();
        time.after(length, () -> rested.complete(null));
        return rested;
    }
}
