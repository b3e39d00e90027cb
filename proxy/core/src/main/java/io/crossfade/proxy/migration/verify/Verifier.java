package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.migration.identity.Identities;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.migration.state.VerifyState.Halfway;
import io.crossfade.proxy.migration.state.VerifyState.Side;
import io.crossfade.proxy.migration.state.VerifyState.Verdict;
import io.crossfade.proxy.migration.walk.Pace;
import io.crossfade.proxy.migration.walk.Walk;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * Compares both indexes: the leader's documents with the follower's by key, then the follower's keys with
 * the leader's, to find what is too much. It goes by stretches of some seconds. At the end of each, what waits for replay and
 * nothing else is waited for and looked at: after a restart that are the documents whose requests of before may still land,
 * and no look of the others tells anything of them. Then both indexes are vouched for, and a checkpoint is stored.
 */
public final class Verifier {
    private final Reconciler reconciler;
    private final Route.Paired route;
    private final Time time;
    private final Pace pace;
    private final Plan plan;
    private final Repairs repairs;
    private final Checkpoints checkpoints;
    private final Halfway begun;
    private final Tally tally;

    /**
     * @param walk how it goes through an index
     * @param checkpoint between two stored ones
     * @param looks how often a key that moves is looked at
     * @param repair reconcile what differs, then look once more
     * @param mostRemovals documents that a repair may take from the follower, or set back; one in a hundred of those that
     *     were compared are allowed in any case
     * @param listener told of each difference that stands
     */
    public record Plan(
            Walk.Plan walk,
            Duration checkpoint,
            int looks,
            Duration betweenLooks,
            boolean repair,
            long mostRemovals,
            Listener listener) {
        Duration timeout() {
            return walk.timeout();
        }
    }

    /** Hears of progress, from any thread. */
    public interface Listener {
        void compared(long documents);

        void found(Difference difference);

        void repaired(long documents);

        /** True ends the run early, without a verdict. */
        boolean isCancelled();
    }

    /** Told before documents are repaired. */
    @FunctionalInterface
    public interface Repairs {
        CompletableFuture<?> begin();
    }

    /** Where it is kept how far a run has come. */
    @FunctionalInterface
    public interface Checkpoints {
        CompletableFuture<?> store(Halfway halfway);
    }

    /**
     * @param begun where it goes on
     */
    public Verifier(
            Reconciler reconciler,
            Route.Paired route,
            Time time,
            Pace pace,
            Plan plan,
            Repairs repairs,
            Checkpoints checkpoints,
            Halfway begun) {
        this.reconciler = reconciler;
        this.route = route;
        this.time = time;
        this.pace = pace;
        this.plan = plan;
        this.repairs = repairs;
        this.checkpoints = checkpoints;
        this.begun = begun;
        this.tally = new Tally(begun.found(), begun.removals(), plan.mostRemovals());
    }

    public CompletableFuture<Verdict> run() {
        return from(begun.side(), begun.cursor()).thenApply(done -> {
            tellWithheld();
            return tally.verdict();
        });
    }

    private CompletableFuture<Void> from(Side side, String cursor) {
        Walk.Reached from = new Walk.Reached(cursor, 0, false);
        return Walk.from(from, participant(side).index(), time, plan.walk(), new Stretch(side))
                .thenCompose(reached -> afterReplay(Integer.MAX_VALUE, 0)
                        .thenCompose(done -> lookAtWhatWasLeft())
                        .thenCompose(done -> vouched())
                        .thenCompose(done -> goOn(side, reached)));
    }

    private Participant participant(Side side) {
        return side == Side.LEADER ? route.leader() : route.follower();
    }

    private CompletableFuture<Void> goOn(Side side, Walk.Reached reached) {
        if (reached.isLast()) {
            return side == Side.FOLLOWER
                    ? CompletableFuture.completedFuture(null)
                    : checkpoint(Side.FOLLOWER, "").thenCompose(stored -> from(Side.FOLLOWER, ""));
        }
        return checkpoint(side, reached.cursor()).thenCompose(stored -> from(side, reached.cursor()));
    }

    /** None is stored any more once documents were withheld from a repair, of which the end is to tell. */
    private CompletableFuture<?> checkpoint(Side side, String cursor) {
        return tally.withheld() > 0
                ? CompletableFuture.completedFuture(null)
                : checkpoints.store(
                        new Halfway(begun.epoch(), begun.repairing(), side, cursor, tally.removals(), tally.verdict()));
    }

    /** A part of the walk, which ends early so that a checkpoint can be stored. */
    private final class Stretch implements Walk.Steps {
        private final Side side;
        private final long beganNanos = time.nanos();
        private long documents;

        Stretch(Side side) {
            this.side = side;
        }

        @Override
        public CompletableFuture<Boolean> mayGoOn() {
            Optional<Throwable> end = end();
            if (end.isPresent()) {
                return CompletableFuture.failedFuture(end.get());
            }
            return time.nanos() - beganNanos >= plan.checkpoint().toNanos()
                    ? CompletableFuture.completedFuture(false)
                    : pace.await(plan.walk().batch()).thenApply(ready -> true);
        }

        @Override
        public CompletableFuture<Void> take(List<StoredDocument> page) {
            List<Key> keys = page.stream().map(StoredDocument::key).toList();
            return side == Side.LEADER ? look(true).at(keys) : lookForExtra(keys);
        }

        @Override
        public void reached(Walk.Reached now) {
            if (side == Side.LEADER) {
                tally.compared(now.documents() - documents);
                plan.listener().compared(now.documents() - documents);
                documents = now.documents();
            }
        }
    }

    private Look look(boolean leavesToReplay) {
        return new Look(reconciler, route, time, plan, repairs, tally, leavesToReplay);
    }

    /** Compares the keys that the leader lacks as any other; most are there, and cost a read of their stamps. */
    private CompletableFuture<Void> lookForExtra(List<Key> keys) {
        return route.leader()
                .index()
                .fetch(keys, Projection.STAMP, plan.timeout())
                .thenCompose(present -> look(true)
                        .at(keys.stream()
                                .filter(key -> !present.containsKey(key))
                                .toList()));
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
        List<Duration> left = tally.left().stream()
                .map(reconciler.marks()::leftToReconcile)
                .flatMap(Optional::stream)
                .toList();
        int looks = left.size() < fewest ? 0 : fruitless;
        if (left.isEmpty() || looks >= plan.looks()) {
            return CompletableFuture.completedFuture(null);
        }
        Duration unsettled = Collections.max(left);
        Duration between = Look.between(route, plan.betweenLooks());
        return time.rest(unsettled.compareTo(between) > 0 ? unsettled : between)
                .thenCompose(rested -> afterReplay(Math.min(left.size(), fewest), looks + 1));
    }

    private CompletableFuture<Void> lookAtWhatWasLeft() {
        List<Key> left = tally.left();
        tally.lookedAtWhatWasLeft();
        return lookFrom(left, 0);
    }

    private CompletableFuture<Void> lookFrom(List<Key> keys, int from) {
        if (from >= keys.size()) {
            return CompletableFuture.completedFuture(null);
        }
        int to = Math.min(keys.size(), from + plan.walk().batch());
        return look(false)
                .at(keys.subList(from, to))
                .thenComposeAsync(done -> lookFrom(keys, to), task -> time.after(Duration.ZERO, task));
    }

    /**
     * Both indexes are what they were when they were read, and nothing has come into doubt since (R37): otherwise there
     * is no verdict.
     */
    private CompletableFuture<Void> vouched() {
        Identities identities = reconciler.identities();
        return identities.vouch(route.leader()).thenCombine(identities.vouch(route.follower()), (leader, follower) -> {
            if (!leader.isSame()
                    || !follower.isSame()
                    || identities.doubted() != begun.found().doubted()) {
                throw new CallException(
                        CallException.Kind.ABORTED,
                        "no verdict: an index came into doubt while both were compared; "
                                + (leader.isSame() ? follower.found() : leader.found()));
            }
            return null;
        });
    }

    /**
     * Ends without a verdict if more documents would have been taken from the follower than is allowed: no look at the
     * leader tells whether it should have them.
     */
    private void tellWithheld() {
        if (tally.withheld() > 0) {
            throw CallException.blocked(List.of(Blocker.of(
                    Blocker.Code.MASS_DELETE,
                    "a repair would remove or set back " + (tally.removals() + tally.withheld()) + " documents of "
                            + route.follower().name() + " (expected: at most " + tally.mostRemovals()
                            + ", or that number allowed)")));
        }
    }
}
