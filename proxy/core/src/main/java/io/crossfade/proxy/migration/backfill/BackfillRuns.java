package io.crossfade.proxy.migration.backfill;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.reconcile.ReconcileSettings;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.Edit;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.migration.walk.Pace;
import io.crossfade.proxy.migration.walk.Walk;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.settings.Quantity;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Runs the backfill of one collection on this member, and keeps its progress.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>backfill</td><td>the member's serial context, and the start of a run</td><td>volatile</td></tr>
 * <tr><td>following</td><td>the member's serial context</td><td>volatile</td></tr>
 * <tr><td>seen, speed</td><td>answers of the control store; the last one of this migration counts</td><td>volatile</td></tr>
 * <tr><td>problem</td><td>whoever tries to begin, for people</td><td>volatile</td></tr>
 * <tr><td>watch</td><td>the member's serial context</td><td>this</td></tr>
 * </table>
 */
public final class BackfillRuns {
    private static final Logger LOG = LoggerFactory.getLogger(BackfillRuns.class);
    private static final Duration COUNT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final int PENDING_BATCHES = 64;

    private final StateRecord<CopyProgress> progress;
    private final Settings settings;
    private final Stepper stepper;
    private final Time time;
    private final Pace pace;
    private volatile @Nullable Backfill backfill;
    private volatile long following;
    private volatile @Nullable CopyProgress seen;
    private volatile Speed speed;
    private volatile @Nullable String problem;
    private ControlStore.@Nullable Watch watch;

    /** The settings of the stages that a backfill is made of. */
    public record Settings(BackfillSettings backfill, ReconcileSettings reconcile) {}

    public BackfillRuns(StateRecord<CopyProgress> progress, Settings settings, Stepper stepper, Time time, Pace pace) {
        this.progress = progress;
        this.settings = settings;
        this.stepper = stepper;
        this.time = time;
        this.pace = pace;
        this.speed = Speed.from(0, time.nanos());
    }

    /**
     * Hears of a new route, or of other members. The backfill begins, or goes on, once every member mirrors (and their
     * older calls have ended); with the end of a migration all that was seen of it is forgotten.
     */
    public void onRoute(Member member, Route route) {
        stopBackfill();
        unfollow();
        problem = null;
        following = route.isSingle() ? 0 : member.state().startedVersion();
        seen = Optional.ofNullable(seen).filter(this::isFollowed).orElse(null);
        pace.set(Optional.ofNullable(seen).map(CopyProgress::pace).orElse((double)
                settings.backfill().pace()));
        if (route instanceof Route.Paired paired) {
            follow(member);
            restore(member, paired);
        }
    }

    /**
     * Whether the progress belongs to this migration; a run that is overtaken by its end still brings that of an older
     * one.
     */
    private boolean isFollowed(CopyProgress progress) {
        return progress.started() == following;
    }

    /**
     * Reads the stored progress, again and again as long as the route stands: an operator must not be left without word
     * of the backfill.
     */
    private void restore(Member member, Route.Paired route) {
        progress.read()
                .thenAccept(found -> {
                    found.filter(this::isFollowed).map(this::newer).ifPresent(stored -> tookUp(member, stored));
                    begunOnceFlipped(member, route);
                    if (route.phase() == Phase.MIRRORING && member.current().get() == route) {
                        beginBackfill(member, route);
                    }
                })
                .exceptionally(failed -> {
                    tell(route, "progress of the backfill not read yet: " + Cause.message(failed));
                    again(member, route, () -> restore(member, route));
                    return null;
                });
    }

    /** What is followed may have been told of something later than what this read has found. */
    private CopyProgress newer(CopyProgress found) {
        return Optional.ofNullable(seen).filter(this::isFollowed).orElse(found);
    }

    /**
     * Takes up the progress of this migration's backfill. That it has begun is the word, for each member and after each
     * restart, that no unmarked write can land any more.
     */
    private void tookUp(Member member, CopyProgress progress) {
        saw(progress);
        if (progress.begun()) {
            unmarkedHaveLanded(member);
        }
    }

    /** Even without the record of the backfill: reads have moved, and they move only when all was copied. */
    private void begunOnceFlipped(Member member, Route route) {
        if (route.phase() != Phase.MIRRORING) {
            unmarkedHaveLanded(member);
        }
    }

    private static void unmarkedHaveLanded(Member member) {
        Migration migration = member.migration();
        if (migration != null) {
            migration.unmarkedHaveLanded();
        }
    }

    private void again(Member member, Route.Paired route, Runnable attempt) {
        time.after(BETWEEN_TRIES, () -> {
            if (member.current().get() == route) {
                attempt.run();
            }
        });
    }

    /**
     * Begins once all members mirror. A member may be away for a while, and so may the store: this is tried again as
     * long as the route stands.
     */
    private void beginBackfill(Member member, Route.Paired route) {
        stepper.await(state -> state.epoch() != route.epoch() || state.isAppliedByAll())
                .thenCompose(state -> state.epoch() == route.epoch() && isInCharge(member, state)
                        ? startBackfill(member, route, state)
                        : CompletableFuture.completedFuture(null))
                .exceptionally(failed -> {
                    tell(route, "backfill not begun yet: " + Cause.message(failed));
                    again(member, route, () -> beginBackfill(member, route));
                    return null;
                });
    }

    /** Whether this member copies: it is the first by name that does. */
    private static boolean isInCharge(Member member, CollectionState state) {
        return state.members().keySet().stream()
                .sorted()
                .findFirst()
                .filter(member.context().name()::equals)
                .isPresent();
    }

    private CompletableFuture<Void> startBackfill(Member member, Route.Paired route, CollectionState state) {
        CopyProgress fresh = awaited(state.startedVersion());
        return progress.read()
                .thenCompose(found -> found.filter(before -> before.started() == fresh.started())
                                .filter(CopyProgress::begun)
                                .isPresent()
                        ? CompletableFuture.completedFuture(null)
                        : unmarkedHaveLanded(route))
                .thenCompose(ready -> progress.update(fresh, ofThis(fresh, CopyProgress::begin)))
                .thenAccept(begun -> {
                    Migration migration = member.migration();
                    if (migration != null && member.current().get() == route) {
                        problem = null;
                        tookUp(member, begun);
                        run(member, migration, route, begun);
                        estimate(route, begun);
                    }
                });
    }

    /** What is known of the backfill of a migration as long as nobody has asked anything of it. */
    private CopyProgress awaited(long started) {
        BackfillSettings plan = settings.backfill();
        return CopyProgress.awaited(started, plan.pace());
    }

    /**
     * Changes what stands, if it belongs to the same migration; if to an older one, what is known of this one from the
     * first. What belongs to a newer one stands, and the change fails with ABORTED.
     */
    private static Edit<CopyProgress> ofThis(CopyProgress fresh, UnaryOperator<CopyProgress> change) {
        return stands -> {
            Stepper.requireNotOvertaken(fresh.started(), stands.started());
            return change.apply(stands.started() == fresh.started() ? stands : fresh);
        };
    }

    /**
     * Waits out the writes of SINGLE that were never answered: they have no mark, so nothing is copied, and no mark is
     * closed, before none can land behind it any more.
     */
    private CompletableFuture<Void> unmarkedHaveLanded(Route.Paired route) {
        Duration settle = route.leader().index().capabilities().unknownSettle();
        problem = "the copy begins " + Quantity.text(settle)
                + " after the start, when nothing that was sent before it can land on "
                + route.leader().name() + " any more";
        return time.rest(settle);
    }

    /** Counts the documents, for the display only: the backfill does not wait for it. */
    private void estimate(Route route, CopyProgress begun) {
        if (begun.total() == null && !begun.isDone()) {
            route.leader()
                    .index()
                    .count(null, COUNT_TIMEOUT)
                    .thenCompose(total -> progress.update(begun, ifSame(begun, now -> now.total(total))))
                    .thenAccept(this::saw)
                    .exceptionally(failed -> {
                        log(Level.INFO, route).log("documents not counted: {}", failed.toString());
                        return null;
                    });
        }
    }

    private void run(Member member, Migration migration, Route.Paired route, CopyProgress begun) {
        speed = Speed.from(begun.copied(), time.nanos());
        if (begun.isDone()) {
            return;
        }
        Backfill next = new Backfill(
                migration.reconciler(),
                route,
                time,
                pace,
                plan(),
                change -> progress.update(begun, ifSame(begun, change)).thenApply(this::saw));
        backfill = next;
        log(Level.INFO, route).log("backfill begins, {} documents are gone through already", begun.copied());
        Branches.take(next.run(), (done, failed) -> {
            if (failed == null) {
                tellEnd(route);
            } else {
                tell(route, "backfill failed and is begun again: " + Cause.message(failed));
                again(member, route, () -> beginBackfill(member, route));
            }
        });
    }

    /** Says what keeps the backfill, once: it is tried again, again and again. */
    private void tell(Route route, String what) {
        if (!what.equals(problem)) {
            log(Level.WARN, route).log(what);
        }
        problem = what;
    }

    /** What keeps the backfill from going on; empty if nothing does. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private Backfill.Plan plan() {
        BackfillSettings plan = settings.backfill();
        return new Backfill.Plan(
                new Walk.Plan(
                        plan.batch(), plan.inFlight(), settings.reconcile().engineTimeout()),
                plan.checkpoint(),
                plan.batch() * PENDING_BATCHES,
                () -> !isPaused());
    }

    private void tellEnd(Route route) {
        CopyProgress end = seen;
        boolean isDone = end != null && end.isDone();
        log(Level.INFO, route)
                .log(
                        isDone ? "backfill has gone through {} documents" : "backfill stopped after {} documents",
                        end == null ? 0 : end.copied());
    }

    /**
     * Restricts a change to the migration that it is about: what a stopped backfill still reports does not count for
     * the next one.
     */
    private static Edit<CopyProgress> ifSame(CopyProgress begun, UnaryOperator<CopyProgress> change) {
        return now -> now.started() == begun.started() ? change.apply(now) : now;
    }

    private static LoggingEventBuilder log(Level level, Route route) {
        return LOG.atLevel(level).addKeyValue("collection", route.collection()).addKeyValue("epoch", route.epoch());
    }

    private CopyProgress saw(CopyProgress now) {
        if (isFollowed(now)) {
            CopyProgress before = seen;
            boolean goesOn = before != null && before.isRunning() && now.isRunning();
            seen = now;
            pace.set(now.pace());
            speed = goesOn ? speed.at(now.copied(), time.nanos()) : Speed.from(now.copied(), time.nanos());
        }
        return now;
    }

    private boolean isPaused() {
        CopyProgress now = seen;
        return now != null && now.paused();
    }

    /** Pauses or resumes; what has not begun is paused from the first. */
    public CompletableFuture<Void> pause(boolean paused) {
        return change(now -> now.paused(paused));
    }

    /** Sets the pace, in documents per second; 0: as fast as live traffic allows. */
    public CompletableFuture<Void> setPace(double perSecond) {
        return change(now -> now.pace(perSecond));
    }

    /**
     * Changes what is stored, which whoever copies then heeds, and nothing before it is stored. It is kept with the
     * migration, and so there may be a change before the backfill begins.
     */
    private CompletableFuture<Void> change(UnaryOperator<CopyProgress> change) {
        long started = following;
        if (started == 0) {
            return CompletableFuture.failedFuture(new CallException(
                    CallException.Kind.PRECONDITION, "there is no backfill (expected: phase MIRRORING)"));
        }
        CopyProgress fresh = awaited(started);
        return progress.update(fresh, ofThis(fresh, change)).thenAccept(this::saw);
    }

    public Optional<CopyProgress> progress() {
        return Optional.ofNullable(seen);
    }

    /** How fast documents are copied; empty if none are, or if that is not known yet. */
    public OptionalDouble documentsPerSecond() {
        CopyProgress now = seen;
        return now != null && now.isRunning() ? speed.perSecond(time.nanos()) : OptionalDouble.empty();
    }

    public double pace() {
        return pace.get();
    }

    /** Follows the stored progress in a fleet, where another member may copy. */
    private synchronized void follow(Member member) {
        if (progress.isShared()) {
            watch = progress.watch(stored -> {
                if (isFollowed(stored)) {
                    tookUp(member, stored);
                }
            });
        }
    }

    /** Stops following what others store. */
    public synchronized void unfollow() {
        if (watch != null) {
            watch.stop();
        }
        watch = null;
    }

    private void stopBackfill() {
        Backfill old = backfill;
        if (old != null) {
            old.stop();
        }
        backfill = null;
    }
}
