package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.Slice;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.migration.backfill.Pace;
import io.crossfade.proxy.migration.identity.Identities;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.migration.state.VerifyState.SliceVerdict;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Compares one slice of both indexes: the leader's documents with the follower's by key, then the follower's keys with
 * the leader's, to find what is too much. Per key the generation of its marks is taken while none is open, both sides
 * are read, and only if the generation has not moved there is a verdict; else it is looked at again (R25). What waits for
 * replay and nothing else is looked at last, and waited for: after a restart that are the documents whose requests of
 * before may still land, and no look of the others tells anything of them.
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
    private long removals;
    private long withheld;
    private final long repairsBefore;
    private final Map<Key, List<Long>> suspected = new HashMap<>();
    private final Set<Key> endangered = new HashSet<>();
    private final Set<Key> leftToReplay = new LinkedHashSet<>();
    private boolean waitsForReplay = true;

    /**
     * @param batch documents compared together
     * @param looks how often a key that moves is looked at
     * @param repair reconcile what differs, then look once more
     * @param mostRemovals documents that a repair may take from the follower, or set back, in this slice; one in a hundred
     *     of its documents are allowed in any case
     * @param listener told of each difference that stands
     */
    public record Plan(
            int batch,
            int looks,
            Duration betweenLooks,
            boolean repair,
            long mostRemovals,
            Duration timeout,
            Listener listener) {}

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
        long doubted = reconciler.identities().doubted();
        return compareFrom("")
                .thenCompose(done -> lookForExtraFrom(""))
                .thenCompose(done -> afterReplay(Integer.MAX_VALUE, 0))
                .thenCompose(done -> lookAtWhatWasLeft())
                .thenCompose(done -> vouched(doubted))
                .thenApply(done -> tellWithheld())
                .thenApply(done -> new SliceVerdict(
                        compared, different, moving, repaired, beganMillis, repairsBefore, repairsBefore, doubted));
    }

    /**
     * Both indexes are what they were when they were read, and nothing has come into doubt since (R37): otherwise there
     * is no verdict.
     */
    private CompletableFuture<Void> vouched(long doubted) {
        Identities identities = reconciler.identities();
        return identities.vouch(route.leader()).thenCombine(identities.vouch(route.follower()), (leader, follower) -> {
            if (!leader.isSame() || !follower.isSame() || identities.doubted() != doubted) {
                throw new CallException(
                        CallException.Kind.ABORTED,
                        "no verdict: an index came into doubt while both were compared; "
                                + (leader.isSame() ? follower.found() : leader.found()));
            }
            return null;
        });
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
        Optional<Throwable> end = end();
        if (end.isPresent()) {
            return CompletableFuture.failedFuture(end.get());
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

    /** Why the comparison cannot go on. */
    private Optional<Throwable> end() {
        if (plan.listener().isCancelled()) {
            return Optional.of(new CancellationException("cancelled"));
        }
        return reconciler.isOn(route)
                ? Optional.empty()
                : Optional.of(
                        new CallException(
                                CallException.Kind.ABORTED,
                                "nothing can be compared while the route changes, or before the backfill has begun; try again"));
    }

    /**
     * Waits for replay: until what was sent for a document can no longer land, and then as long as replay gets on, which is
     * not the case if there were not fewer left than ever before in as many looks as a document gets that changes.
     */
    private CompletableFuture<Void> afterReplay(int fewest, int fruitless) {
        Optional<Throwable> end = end();
        if (end.isPresent()) {
            return CompletableFuture.failedFuture(end.get());
        }
        List<Duration> left = leftToReplay.stream()
                .map(reconciler.marks()::leftToReconcile)
                .flatMap(Optional::stream)
                .toList();
        int looks = left.size() < fewest ? 0 : fruitless;
        if (left.isEmpty() || looks >= plan.looks()) {
            return CompletableFuture.completedFuture(null);
        }
        Duration unsettled = Collections.max(left);
        return rest(unsettled.compareTo(betweenLooks()) > 0 ? unsettled : betweenLooks())
                .thenCompose(rested -> afterReplay(Math.min(left.size(), fewest), looks + 1));
    }

    private CompletableFuture<Void> lookAtWhatWasLeft() {
        waitsForReplay = false;
        return lookFrom(List.copyOf(leftToReplay), 0);
    }

    private CompletableFuture<Void> lookFrom(List<Key> keys, int from) {
        if (from >= keys.size()) {
            return CompletableFuture.completedFuture(null);
        }
        int to = Math.min(keys.size(), from + plan.batch());
        return look(keys.subList(from, to), 1, false)
                .thenComposeAsync(done -> lookFrom(keys, to), task -> time.after(Duration.ZERO, task));
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
        return waitsForReplay && reconciler.marks().leftToReconcile(key).isPresent();
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

    private Duration betweenLooks() {
        return route.fleet() ? plan.betweenLooks().plus(route.unknownSettle()) : plan.betweenLooks();
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
        leftToReplay.addAll(findings.left());
        if (findings.again().isEmpty()) {
            return steps;
        }
        if (look >= plan.looks()) {
            findings.again().forEach(key -> tellMoving(key, look));
            return steps;
        }
        return steps.thenCompose(done -> rest(betweenLooks()))
                .thenCompose(rested -> look(findings.again(), look + 1, afterRepair));
    }

    private void tellMoving(Key key, int looks) {
        moving++;
        String detail = reconciler
                .marks()
                .pending(key)
                .map(pending -> "pending at each of " + looks + " looks: " + pending.reason())
                .orElse("changed at each of " + looks + " looks");
        plan.listener().found(new Difference(key, Difference.Kind.MOVING, detail));
    }

    /**
     * Ends without a verdict if more documents would have been taken from the follower than is allowed: no look at the
     * leader tells whether it should have them.
     */
    private @Nullable Void tellWithheld() {
        if (withheld > 0) {
            throw CallException.blocked(List.of(Blocker.of(
                    Blocker.Code.MASS_DELETE,
                    "a repair of slice " + slice.index() + " would remove or set back " + (removals + withheld)
                            + " documents of " + route.follower().name() + " (expected: at most " + mostRemovals()
                            + ", or that number allowed)")));
        }
        return null;
    }

    private long mostRemovals() {
        return Math.max(plan.mostRemovals(), compared / 100);
    }

    /** Leaves those out that would take too much from the follower. */
    private List<Difference> allowed(List<Difference> differences) {
        List<Difference> allowed = new ArrayList<>();
        for (Difference difference : differences) {
            boolean removes = endangered.remove(difference.key());
            if (removes && removals >= mostRemovals()) {
                withheld++;
            } else {
                removals += removes ? 1 : 0;
                allowed.add(difference);
            }
        }
        return allowed;
    }

    private CompletableFuture<Void> settle(List<Difference> found, boolean afterRepair) {
        List<Difference> differences = plan.repair() && !afterRepair ? allowed(found) : found;
        if (differences.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
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
