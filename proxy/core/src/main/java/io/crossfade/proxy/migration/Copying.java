package io.crossfade.proxy.migration;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.index.Slice;
import io.crossfade.proxy.migration.backfill.Backfill;
import io.crossfade.proxy.migration.backfill.Pace;
import io.crossfade.proxy.migration.flip.Stepper;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.verify.Verifier;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Runs the backfill and the comparisons of one collection on this member, and keeps their progress. */
public final class Copying {
    private static final Logger LOG = LoggerFactory.getLogger(Copying.class);
    private static final Duration COUNT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final int PENDING_BATCHES = 64;

    private final StateRecord<CopyProgress> progress;
    private final StateRecord<VerifyState> verdicts;
    private final MigrationSettings settings;
    private final Stepper stepper;
    private final Time time;
    private final Pace pace;
    private final AtomicBoolean verifying = new AtomicBoolean();
    private volatile @Nullable Backfill backfill;
    private volatile @Nullable CopyProgress seen;
    private volatile @Nullable VerifyState seenVerdicts;
    private volatile Speed speed;
    private List<ControlStore.Watch> watches = List.of();

    /**
     * @param pressure how many times slower than usual live writes are
     */
    public Copying(
            StateRecord<CopyProgress> progress,
            StateRecord<VerifyState> verdicts,
            MigrationSettings settings,
            Stepper stepper,
            Time time,
            DoubleSupplier pressure) {
        this.progress = progress;
        this.verdicts = verdicts;
        this.settings = settings;
        this.stepper = stepper;
        this.time = time;
        this.pace = new Pace(time, settings.pace(), pressure);
        this.speed = new Speed(0, time.nanos(), 0);
    }

    /** Documents per second since a moment. */
    private record Speed(long copiedThen, long nanosThen, double perSecond) {
        Speed at(long copied, long nanos) {
            double seconds = (nanos - nanosThen) / 1e9;
            return seconds < 1 ? this : new Speed(copied, nanos, (copied - copiedThen) / seconds);
        }
    }

    /**
     * A new route, or other members: the backfill begins, or goes on, once every member mirrors (and their older calls
     * have ended).
     */
    public void onRoute(Member member, Route route) {
        stopBackfill();
        if (route.phase() == Phase.MIRRORING) {
            beginBackfill(member, route);
        }
    }

    /** A member may be away for a while, and so may the store: tried again as long as the route stands. */
    private void beginBackfill(Member member, Route route) {
        stepper.await(state -> state.epoch() != route.epoch() || state.isAppliedByAll())
                .thenCompose(state -> state.epoch() == route.epoch() && isInCharge(member, state)
                        ? startBackfill(member, route, state)
                        : CompletableFuture.completedFuture(null))
                .exceptionally(failed -> {
                    log(Level.WARN, route).log("backfill not begun yet: {}", failed.toString());
                    if (member.current().get() == route) {
                        time.after(BETWEEN_TRIES, () -> beginBackfill(member, route));
                    }
                    return null;
                });
    }

    /** One member copies: the first by name. */
    private static boolean isInCharge(Member member, CollectionState state) {
        return state.members().keySet().stream()
                .sorted()
                .findFirst()
                .filter(member.context().name()::equals)
                .isPresent();
    }

    private CompletableFuture<Void> startBackfill(Member member, Route route, CollectionState state) {
        CopyProgress fresh = CopyProgress.start(state.startedVersion(), settings.slices(), settings.pace());
        return progress.read()
                .thenCompose(found -> found.filter(before -> before.started() == fresh.started())
                                .isPresent()
                        ? CompletableFuture.completedFuture(null)
                        : unmarkedHaveLanded(route))
                .thenCompose(
                        ready -> progress.update(fresh, before -> before.started() == fresh.started() ? before : fresh))
                .thenAccept(begun -> {
                    Works works = member.works();
                    if (works != null && member.current().get() == route) {
                        run(works, route, begun);
                        estimate(route, begun);
                    }
                });
    }

    /** A write of SINGLE that was never answered has no mark: the scan begins when it can no longer land behind it. */
    private CompletableFuture<Void> unmarkedHaveLanded(Route route) {
        return elapsed(route.leader().index().capabilities().unknownSettle());
    }

    private CompletableFuture<Void> elapsed(Duration duration) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        time.after(duration, () -> over.complete(null));
        return over;
    }

    /** For the display only: the backfill does not wait for it. */
    private void estimate(Route route, CopyProgress begun) {
        if (begun.total() == 0 && !begun.isDone()) {
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

    private void run(Works works, Route route, CopyProgress begun) {
        seen = begun;
        pace.set(begun.pace());
        speed = new Speed(begun.copied(), time.nanos(), 0);
        if (begun.isDone()) {
            return;
        }
        Backfill next = new Backfill(
                works.reconciler(),
                route,
                time,
                pace,
                new Backfill.Plan(
                        settings.batch(),
                        settings.inFlight(),
                        settings.batch() * PENDING_BATCHES,
                        settings.engineTimeout(),
                        () -> !isPaused()),
                change -> progress.update(begun, ifSame(begun, change)).thenApply(this::saw));
        backfill = next;
        log(Level.INFO, route).log("backfill begins, {} documents are gone through already", begun.copied());
        next.run()
                .thenRun(() -> {
                    CopyProgress end = seen;
                    boolean isDone = end != null && end.isDone();
                    log(Level.INFO, route)
                            .log(
                                    isDone
                                            ? "backfill has gone through {} documents"
                                            : "backfill stopped after {} documents",
                                    end == null ? 0 : end.copied());
                })
                .exceptionally(failed -> {
                    log(Level.ERROR, route).setCause(failed).log("backfill failed");
                    return null;
                });
    }

    /** What a stopped backfill still reports does not count for the next migration. */
    private static UnaryOperator<CopyProgress> ifSame(CopyProgress begun, UnaryOperator<CopyProgress> change) {
        return now -> now.started() == begun.started() ? change.apply(now) : now;
    }

    private static LoggingEventBuilder log(Level level, Route route) {
        return LOG.atLevel(level).addKeyValue("collection", route.collection()).addKeyValue("epoch", route.epoch());
    }

    private CopyProgress saw(CopyProgress now) {
        seen = now;
        speed = speed.at(now.copied(), time.nanos());
        return now;
    }

    private boolean isPaused() {
        CopyProgress now = seen;
        return now != null && now.paused();
    }

    /** Pauses or resumes. */
    public CompletableFuture<Void> pause(boolean paused) {
        return change(now -> now.paused(paused));
    }

    /** Documents per second; 0: as fast as live traffic allows. */
    public CompletableFuture<Void> setPace(double perSecond) {
        pace.set(perSecond);
        return change(now -> now.pace(perSecond));
    }

    private CompletableFuture<Void> change(UnaryOperator<CopyProgress> change) {
        CopyProgress now = seen;
        if (now == null) {
            return CompletableFuture.failedFuture(new CallException(
                    CallException.Kind.PRECONDITION, "there is no backfill (expected: phase MIRRORING)"));
        }
        return progress.update(now, change).thenAccept(this::saw);
    }

    public Optional<CopyProgress> progress() {
        return Optional.ofNullable(seen);
    }

    public Optional<VerifyState> verdicts() {
        return Optional.ofNullable(seenVerdicts);
    }

    public double documentsPerSecond() {
        return speed.perSecond();
    }

    public double pace() {
        return pace.get();
    }

    /** Reads what an earlier process has stored about this migration. */
    public CompletableFuture<Void> restore(CollectionState state) {
        CompletableFuture<Void> copied = progress.read()
                .thenAccept(found -> found.filter(stored -> stored.started() == state.startedVersion())
                        .ifPresent(stored -> seen = stored));
        CompletableFuture<Void> compared = verdicts.read()
                .thenAccept(found -> found.filter(stored -> stored.started() == state.startedVersion())
                        .ifPresent(stored -> seenVerdicts = stored));
        follow(state.startedVersion());
        return CompletableFuture.allOf(copied, compared);
    }

    /** In a fleet another member may copy and compare. */
    private synchronized void follow(long started) {
        unfollow();
        if (progress.isShared()) {
            watches = List.of(
                    progress.watch(stored -> seen = stored.started() == started ? stored : seen),
                    verdicts.watch(stored -> seenVerdicts = stored.started() == started ? stored : seenVerdicts));
        }
    }

    private synchronized void unfollow() {
        watches.forEach(ControlStore.Watch::stop);
        watches = List.of();
    }

    /** The migration is over: nothing that was seen counts for the next one. */
    public void forget() {
        stopBackfill();
        unfollow();
        seen = null;
        seenVerdicts = null;
    }

    private void stopBackfill() {
        Backfill old = backfill;
        if (old != null) {
            old.stop();
        }
        backfill = null;
    }

    /**
     * Compares slice by slice; one run at a time. A clean run over all slices ends a dirty range, and the doubt that
     * fences have left; one that goes on where another was stopped does not, as its first slices were compared before.
     */
    public CompletableFuture<VerifyState> verify(
            Member member, Route route, boolean repair, boolean restart, Verifier.Listener listener) {
        Works works = member.works();
        if (works == null || route.isSingle() || route.phase().needsBoth()) {
            return CompletableFuture.failedFuture(new CallException(
                    CallException.Kind.PRECONDITION,
                    "phase: " + route.phase() + " (expected: MIRRORING or REVERSED to verify)"));
        }
        if (!verifying.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(
                    new CallException(CallException.Kind.PRECONDITION, "a verify is running already"));
        }
        VerifyState none = VerifyState.none(member.state().startedVersion(), settings.slices());
        long losses = works.losses();
        long fences = member.state().lastFence();
        return settled(works, route, fences)
                .thenCompose(
                        ready -> verdicts.update(none, before -> before.started() == none.started() ? before : none))
                .thenCompose(before -> {
                    boolean resumes = !restart && before.next() > 0 && before.repairing() == repair;
                    int first = resumes ? before.next() : 0;
                    return verifyFrom(works, route, before, first, repair, listener)
                            .thenCompose(after -> first == 0 && after.isClean()
                                    ? endDoubt(works, losses, fences).thenApply(done -> after)
                                    : CompletableFuture.completedFuture(after));
                })
                .whenComplete((after, failed) -> verifying.set(false));
    }

    /** R18: what a lost process had under way must have landed before a comparison can end a dirty range. */
    private CompletableFuture<Void> settled(Works works, Route route, long fences) {
        if (works.dirty().range().isEmpty() && fences == 0) {
            return CompletableFuture.completedFuture(null);
        }
        Duration leader = route.leader().index().capabilities().unknownSettle();
        Duration follower = route.follower().index().capabilities().unknownSettle();
        return elapsed(leader.compareTo(follower) > 0 ? leader : follower);
    }

    private CompletableFuture<VerifyState> verifyFrom(
            Works works, Route route, VerifyState before, int index, boolean repair, Verifier.Listener listener) {
        seenVerdicts = before;
        Verifier verifier = new Verifier(
                works.reconciler(),
                route,
                time,
                pace,
                new Verifier.Plan(
                        settings.verifyBatch(),
                        settings.looks(),
                        settings.betweenLooks(),
                        repair,
                        settings.engineTimeout(),
                        listener),
                new Slice(index, before.slices().size()),
                before.slices().get(index).repairs());
        return verifier.run()
                .thenCompose(verdict -> verdicts.update(
                        before, now -> now.started() == before.started() ? now.slice(index, verdict, repair) : now))
                .thenCompose(now -> {
                    seenVerdicts = now;
                    return index + 1 < now.slices().size()
                            ? verifyFrom(works, route, now, index + 1, repair, listener)
                            : CompletableFuture.completedFuture(now);
                });
    }

    private CompletableFuture<Void> endDoubt(Works works, long losses, long fences) {
        try {
            works.comparedSince(losses);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(new UncheckedIOException(e));
        }
        return fences == 0 ? CompletableFuture.completedFuture(null) : stepper.compared(fences);
    }
}
