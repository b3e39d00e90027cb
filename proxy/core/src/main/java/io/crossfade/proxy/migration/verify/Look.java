package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Compares some documents by key. Per key the generation of its marks is taken while none is open, both sides are read, and
 * only if the generation has not moved there is a verdict; else it is looked at again (R25). The looks follow one another.
 */
final class Look {
    private final Reconciler reconciler;
    private final Route.Paired route;
    private final Comparison comparison;
    private final Time time;
    private final Verifier.Plan plan;
    private final Verifier.Repairs repairs;
    private final Tally tally;
    private final boolean leavesToReplay;
    private final Map<Key, List<Long>> suspected = new HashMap<>();
    private final Set<Key> endangered = new HashSet<>();

    /**
     * @param leavesToReplay what waits for replay and nothing else is left for later
     */
    Look(
            Reconciler reconciler,
            Route.Paired route,
            Time time,
            Verifier.Plan plan,
            Verifier.Repairs repairs,
            Tally tally,
            boolean leavesToReplay) {
        this.reconciler = reconciler;
        this.route = route;
        this.comparison = new Comparison(route);
        this.time = time;
        this.plan = plan;
        this.repairs = repairs;
        this.tally = tally;
        this.leavesToReplay = leavesToReplay;
    }

    CompletableFuture<Void> at(List<Key> keys) {
        return keys.isEmpty() ? CompletableFuture.completedFuture(null) : at(keys, 1, false);
    }

    static Duration between(Route.Paired route, Duration betweenLooks) {
        return route.fleet() ? betweenLooks.plus(route.unknownSettle()) : betweenLooks;
    }

    private CompletableFuture<Void> at(List<Key> keys, int look, boolean afterRepair) {
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
        return leader.thenCombine(follower, (left, right) -> {
                    reconciler.identities().saw(left.values());
                    reconciler.identities().saw(right.values());
                    return judge(keys, quiet, left, right);
                })
                .thenCompose(findings -> act(findings, look, afterRepair));
    }

    /**
     * @param again keys that moved while they were read
     * @param left keys that wait for replay
     */
    private record Findings(List<Difference> differences, List<Key> again, List<Key> left) {}

    private Findings judge(
            List<Key> keys, Map<Key, Long> quiet, Map<Key, StoredDocument> leader, Map<Key, StoredDocument> follower) {
        Findings findings = new Findings(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Key key : keys) {
            Long before = quiet.get(key);
            if (before == null || !before.equals(reconciler.marks().quietGeneration(key))) {
                (isLeftToReplay(key) ? findings.left() : findings.again()).add(key);
            } else {
                judge(key, leader.get(key), follower.get(key)).ifPresent(difference -> {
                    if (isCertain(key, leader.get(key), follower.get(key))) {
                        findings.differences().add(difference);
                        if (isMoreOnFollower(leader.get(key), follower.get(key))) {
                            endangered.add(key);
                        }
                    } else {
                        findings.again().add(key);
                    }
                });
            }
        }
        return findings;
    }

    private boolean isLeftToReplay(Key key) {
        return leavesToReplay && reconciler.marks().leftToReconcile(key).isPresent();
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

    /** Whether the follower has a document that the leader has not, or a newer one. */
    private static boolean isMoreOnFollower(@Nullable StoredDocument leader, @Nullable StoredDocument follower) {
        return follower != null && (leader == null || follower.version() > leader.version());
    }

    private Optional<Difference> judge(Key key, @Nullable StoredDocument leader, @Nullable StoredDocument follower) {
        if (leader != null) {
            Optional<Difference> difference =
                    follower == null && reconciler.parked().isWaived(key, leader.version())
                            ? Optional.empty()
                            : comparison.compare(leader, follower);
            if (follower != null && difference.isEmpty()) {
                reconciler.parked().unpark(key); // the record that it was written again may be lost
            }
            return difference;
        }
        return follower == null || reconciler.parked().isAbsentOn(route.leader().name(), key)
                ? Optional.empty()
                : Optional.of(new Difference(
                        key, Difference.Kind.EXTRA, "not on " + route.leader().name()));
    }

    private CompletableFuture<Void> act(Findings findings, int look, boolean afterRepair) {
        CompletableFuture<Void> steps = CompletableFuture.completedFuture(null);
        if (!findings.differences().isEmpty()) {
            steps = steps.thenCompose(done -> settle(findings.differences(), afterRepair));
        }
        tally.leave(findings.left());
        if (findings.again().isEmpty()) {
            return steps;
        }
        if (look >= plan.looks()) {
            findings.again().forEach(key -> tellMoving(key, look));
            return steps;
        }
        return steps.thenCompose(done -> time.rest(between(route, plan.betweenLooks())))
                .thenCompose(rested -> at(findings.again(), look + 1, afterRepair));
    }

    private void tellMoving(Key key, int looks) {
        tally.moving();
        String detail = reconciler
                .marks()
                .pending(key)
                .map(pending -> "pending at each of " + looks + " looks: " + pending.reason())
                .orElse("changed at each of " + looks + " looks");
        plan.listener().found(new Difference(key, Difference.Kind.MOVING, detail));
    }

    private CompletableFuture<Void> settle(List<Difference> found, boolean afterRepair) {
        List<Difference> differences = plan.repair() && !afterRepair ? allowed(found) : found;
        if (differences.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        if (!plan.repair() || afterRepair) {
            tally.different(differences.size());
            differences.forEach(plan.listener()::found);
            return CompletableFuture.completedFuture(null);
        }
        List<Key> keys = differences.stream().map(Difference::key).toList();
        return repairs.begin()
                .thenCompose(begun -> reconciler.reconcile(route, keys, Embedder.Use.REPLAY))
                .thenCompose(result -> {
                    tally.repaired(result.reconciled());
                    plan.listener().repaired(result.reconciled());
                    return at(keys, 1, true);
                });
    }

    /** Leaves those out that would take too much from the follower. */
    private List<Difference> allowed(List<Difference> differences) {
        return differences.stream()
                .filter(difference -> !endangered.remove(difference.key()) || tally.mayRemove())
                .toList();
    }
}
