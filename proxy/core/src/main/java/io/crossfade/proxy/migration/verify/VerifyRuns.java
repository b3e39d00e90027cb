package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.index.Slice;
import io.crossfade.proxy.migration.backfill.Pace;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.reconcile.ReconcileSettings;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares both indexes of one collection on this member, slice by slice, and keeps the verdicts.
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

    /**
     * The settings of the stages that a comparison is made of.
     *
     * @param slices as the backfill has them
     */
    public record Settings(VerifySettings verify, ReconcileSettings reconcile, int slices) {}

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
     * Compares slice by slice; one run at a time. A clean run over all slices ends a dirty range, and every doubt of
     * before it; one that goes on where another was stopped does not, as its first slices were compared before.
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

    /** One run over all slices, or over those that an earlier one has left. */
    private final class Run {
        private final Migration migration;
        private final Route.Paired route;
        private final boolean repair;
        private final long removals;
        private final Verifier.Listener listener;

        Run(Migration migration, Route.Paired route, boolean repair, long removals, Verifier.Listener listener) {
            this.removals = removals;
            this.migration = migration;
            this.route = route;
            this.repair = repair;
            this.listener = listener;
        }

        CompletableFuture<VerifyState> from(Member member, boolean restart) {
            VerifyState none = VerifyState.none(member.state().startedVersion(), settings.slices());
            long losses = migration.losses();
            long doubted = member.state().doubted();
            return settled(doubted)
                    .thenCompose(ready -> verdicts.update(none, before -> {
                        Stepper.requireNotOvertaken(none.started(), before.started());
                        return before.started() == none.started() ? before : none;
                    }))
                    .thenCompose(before -> {
                        boolean resumes = !restart && before.next() > 0 && before.repairing() == repair;
                        int first = resumes ? before.next() : 0;
                        return slices(before, first, repair)
                                .thenCompose(after -> first == 0 && after.isClean(doubted)
                                        ? endDoubt(losses, doubted).thenApply(done -> after)
                                        : CompletableFuture.completedFuture(after));
                    });
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
         * Compares from this slice on. One that was repaired is compared once more, since only what was found equal after
         * the last repair is clean.
         */
        private CompletableFuture<VerifyState> slices(VerifyState before, int index, boolean repairs) {
            saw(before);
            return verifier(before, index, repairs)
                    .run()
                    .thenCompose(verdict -> verdicts.update(
                                    before,
                                    now -> now.started() == before.started() ? now.slice(index, verdict, repair) : now)
                            .thenCompose(now -> {
                                saw(now);
                                boolean isRepaired =
                                        verdict.repaired() > 0 && verdict.different() == 0 && verdict.moving() == 0;
                                if (isRepaired) {
                                    return slices(now, index, false);
                                }
                                return index + 1 < now.slices().size()
                                        ? slices(now, index + 1, repair)
                                        : CompletableFuture.completedFuture(now);
                            }));
        }

        private Verifier verifier(VerifyState before, int index, boolean repairs) {
            VerifySettings plan = settings.verify();
            return new Verifier(
                    migration.reconciler(),
                    route,
                    time,
                    pace,
                    new Verifier.Plan(
                            plan.batch(),
                            plan.looks(),
                            plan.lookWait(),
                            repairs,
                            Math.max(plan.mostRemovals(), removals),
                            settings.reconcile().engineTimeout(),
                            repairs == repair ? listener : new SecondLook(listener)),
                    new Slice(index, before.slices().size()),
                    before.slices().get(index).repairs());
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
