package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.reconcile.ReconcileSettings;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.state.VerifyState.Halfway;
import io.crossfade.proxy.migration.state.VerifyState.Verdict;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.migration.walk.Pace;
import io.crossfade.proxy.migration.walk.Walk;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares both indexes of one collection on this member, and keeps the verdicts.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>verifying</td><td>whoever begins or ends a run</td><td>atomic</td></tr>
 * <tr><td>following</td><td>the member's serial context</td><td>volatile</td></tr>
 * <tr><td>seen</td><td>answers of the control store; the last one of this migration counts</td><td>volatile</td></tr>
 * <tr><td>watch</td><td>the member's serial context</td><td>this</td></tr>
 * </table>
 */
public final class VerifyRuns {
    private static final Logger LOG = LoggerFactory.getLogger(VerifyRuns.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final StateRecord<VerifyState> verdicts;
    private final Settings settings;
    private final Stepper stepper;
    private final Time time;
    private final Pace pace;
    private final AtomicBoolean verifying = new AtomicBoolean();
    private volatile long following;
    private volatile @Nullable VerifyState seen;
    private ControlStore.@Nullable Watch watch;

    /** The settings of the stages that a comparison is made of. */
    public record Settings(VerifySettings verify, ReconcileSettings reconcile) {}

    /**
     * @param pace shared with the backfill
     */
    public VerifyRuns(StateRecord<VerifyState> verdicts, Settings settings, Stepper stepper, Time time, Pace pace) {
        this.verdicts = verdicts;
        this.settings = settings;
        this.stepper = stepper;
        this.time = time;
        this.pace = pace;
    }

    /** Hears of a new route: verdicts of this migration are read, those of an older one forgotten. */
    public void onRoute(Member member, Route route) {
        unfollow();
        following = route.isSingle() ? 0 : member.state().startedVersion();
        seen = Optional.ofNullable(seen).filter(this::isFollowed).orElse(null);
        if (route instanceof Route.Paired paired) {
            follow();
            restore(member, paired);
        }
    }

    /**
     * Whether the verdicts belong to this migration; a run that is overtaken by its end still brings those of an older
     * one.
     */
    private boolean isFollowed(VerifyState state) {
        return state.started() == following;
    }

    private void saw(VerifyState state) {
        if (isFollowed(state)) {
            seen = state;
        }
    }

    private void restore(Member member, Route.Paired route) {
        verdicts.read().thenAccept(found -> found.ifPresent(this::saw)).exceptionally(failed -> {
            LOG.atWarn()
                    .addKeyValue("collection", route.collection())
                    .addKeyValue("epoch", route.epoch())
                    .log("verdicts not read yet: {}", failed.toString());
            time.after(BETWEEN_TRIES, () -> {
                if (member.current().get() == route) {
                    restore(member, route);
                }
            });
            return null;
        });
    }

    /** Follows the stored verdicts in a fleet, where another member may compare. */
    private synchronized void follow() {
        if (verdicts.isShared()) {
            watch = verdicts.watch(this::saw);
        }
    }

    /** Stops following what others store. */
    public synchronized void unfollow() {
        if (watch != null) {
            watch.stop();
        }
        watch = null;
    }

    public Optional<VerifyState> verdicts() {
        return Optional.ofNullable(seen);
    }

    /**
     * Compares both indexes; one run at a time. A clean run over all of them ends a dirty range, and every doubt of
     * before it; one that goes on where another was stopped does not, as its first documents were compared before.
     */
    public CompletableFuture<VerifyState> verify(
            Member member, Route route, boolean repair, long removals, boolean restart, Verifier.Listener listener) {
        Migration migration = member.migration();
        if (migration == null
                || !(route instanceof Route.Paired paired)
                || route.phase().needsBoth()) {
            return CompletableFuture.failedFuture(new CallException(
                    CallException.Kind.PRECONDITION,
                    "phase: " + route.phase() + " (expected: MIRRORING or REVERSED to verify)"));
        }
        if (!verifying.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(
                    new CallException(CallException.Kind.PRECONDITION, "a verify is running already"));
        }
        Run run = new Run(migration, paired, repair, removals, listener);
        return CompletableFuture.completedFuture(restart)
                .thenCompose(anew -> run.from(member, anew)) // what it throws ends the run, too
                .whenComplete((after, failed) -> verifying.set(false));
    }

    /** One run over both indexes, or over what an earlier one has left. */
    private final class Run {
        private final Migration migration;
        private final Route.Paired route;
        private final boolean repair;
        private final long removals;
        private final Verifier.Listener listener;
        private @Nullable CompletableFuture<VerifyState> repairing;

        Run(Migration migration, Route.Paired route, boolean repair, long removals, Verifier.Listener listener) {
            this.removals = removals;
            this.migration = migration;
            this.route = route;
            this.repair = repair;
            this.listener = listener;
        }

        CompletableFuture<VerifyState> from(Member member, boolean restart) {
            VerifyState none = VerifyState.none(member.state().startedVersion());
            long losses = migration.losses();
            long doubted = member.state().doubted();
            return settled(doubted)
                    .thenCompose(ready -> verdicts.update(none, before -> {
                        Stepper.requireNotOvertaken(none.started(), before.started());
                        return before.started() == none.started() ? before : none;
                    }))
                    .thenCompose(before -> {
                        Optional<Halfway> left = restart ? Optional.empty() : left(before);
                        return compared(before, left.orElseGet(() -> begin(before)), repair)
                                .thenCompose(after -> left.isEmpty() && after.isClean(doubted)
                                        ? endDoubt(losses, doubted).thenApply(done -> after)
                                        : CompletableFuture.completedFuture(after));
                    });
        }

        /**
         * Where another run of the same kind was stopped, unless something has come into doubt since, or reads have moved: a
         * position in the one index is none in the other.
         */
        private Optional<Halfway> left(VerifyState before) {
            return Optional.ofNullable(before.halfway())
                    .filter(halfway -> halfway.epoch() == route.epoch())
                    .filter(halfway -> halfway.repairing() == repair)
                    .filter(halfway -> halfway.found().doubted()
                            == migration.reconciler().identities().doubted());
        }

        private Halfway begin(VerifyState before) {
            return new Halfway(
                    route.epoch(),
                    repair,
                    VerifyState.Side.LEADER,
                    "",
                    0,
                    new Verdict(
                            0,
                            0,
                            0,
                            0,
                            time.wallMillis(),
                            before.repairs(),
                            migration.reconciler().identities().doubted()));
        }

        /**
         * Waits until what a lost process had under way has landed: only then can a comparison end a dirty range (R18).
         */
        private CompletableFuture<Void> settled(long doubted) {
            return migration.dirty().range().isEmpty() && doubted == 0
                    ? CompletableFuture.completedFuture(null)
                    : time.rest(route.unknownSettle());
        }

        /**
         * Compares from there on. What was repaired is compared once more, since only what was found equal after
         * the last repair is clean.
         */
        private CompletableFuture<VerifyState> compared(VerifyState before, Halfway from, boolean repairs) {
            saw(before);
            return verifier(before, from, repairs)
                    .run()
                    .thenCompose(verdict -> update(before, now -> now.ended(verdict))
                            .thenCompose(
                                    now -> verdict.repaired() > 0 && verdict.different() == 0 && verdict.moving() == 0
                                            ? compared(now, begin(now), false)
                                            : CompletableFuture.completedFuture(now)));
        }

        private CompletableFuture<VerifyState> update(VerifyState before, UnaryOperator<VerifyState> change) {
            return verdicts.update(before, now -> now.started() == before.started() ? change.apply(now) : now)
                    .thenApply(now -> {
                        saw(now);
                        return now;
                    });
        }

        /** Before the first repair; the others wait for the same record. */
        private synchronized CompletableFuture<VerifyState> repairing(VerifyState before) {
            if (repairing == null || repairing.isCompletedExceptionally()) {
                repairing = update(before, VerifyState::repairing);
            }
            return repairing;
        }

        private Verifier verifier(VerifyState before, Halfway from, boolean repairs) {
            VerifySettings plan = settings.verify();
            return new Verifier(
                    migration.reconciler(),
                    route,
                    time,
                    pace,
                    new Verifier.Plan(
                            new Walk.Plan(
                                    plan.batch(),
                                    plan.inFlight(),
                                    settings.reconcile().engineTimeout()),
                            plan.checkpoint(),
                            plan.looks(),
                            plan.lookWait(),
                            repairs,
                            Math.max(plan.mostRemovals(), removals),
                            repairs == repair ? listener : new SecondLook(listener)),
                    () -> repairing(before),
                    halfway -> update(before, now -> now.halfway(halfway)),
                    from);
        }

        private CompletableFuture<?> endDoubt(long losses, long doubted) {
            try {
                migration.comparedSince(losses);
            } catch (IOException e) {
                return CompletableFuture.failedFuture(new UncheckedIOException(e));
            }
            return doubted == 0 ? CompletableFuture.completedFuture(null) : stepper.compared(doubted);
        }
    }

    /** Hears of what was repaired and is compared again: its documents have been counted. */
    private record SecondLook(Verifier.Listener first) implements Verifier.Listener {
        @Override
        public void compared(long documents) {}

        @Override
        public void found(Difference difference) {
            first.found(difference);
        }

        @Override
        public void repaired(long documents) {
            first.repaired(documents);
        }

        @Override
        public boolean isCancelled() {
            return first.isCancelled();
        }
    }
}
