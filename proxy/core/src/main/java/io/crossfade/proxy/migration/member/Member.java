package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.migration.MigrationSettings;
import io.crossfade.proxy.migration.Works;
import io.crossfade.proxy.migration.flip.Stepper;
import io.crossfade.proxy.migration.reconcile.Replay;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WriteGate;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.time.TimersOn;
import io.crossfade.proxy.write.LiveLatency;
import io.crossfade.proxy.write.Writer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the agreed state of one collection. State changes are handled one at a time, in the order they are seen; each
 * is finished before the next begins. Fields are written by that chain only.
 */
public final class Member {
    private static final Logger LOG = LoggerFactory.getLogger(Member.class);
    private static final int MOST_LISTED = 5;

    private final Context context;
    private final CurrentRoute current;
    private final Writer writer;
    private final WriteGate gate;
    private final Drain drain;
    private volatile CollectionState state;
    private volatile @Nullable Works works;
    private volatile @Nullable Replay replay;
    private volatile long answeredAttempt;
    private volatile long quietAttempt;
    private volatile boolean fenced;
    private CompletableFuture<Void> handling = CompletableFuture.completedFuture(null);
    private ControlStore.@Nullable Watch watch;

    /**
     * What a member is given.
     *
     * @param name of this sidecar in the fleet
     * @param blocking runs what waits for a disk
     * @param works opens the journal and all that works with it
     * @param onRoute told of each new route, after its predecessor's calls have ended, and again when a member is fenced
     */
    public record Context(
            String name,
            String collection,
            StateRecord<CollectionState> record,
            Stepper stepper,
            Participants participants,
            MigrationSettings settings,
            Time time,
            Executor blocking,
            WorksFactory works,
            Feeding feeding,
            LiveLatency latency,
            Listener onRoute) {}

    /** Opens a member's works. */
    @FunctionalInterface
    public interface WorksFactory {
        /**
         * @param isNew the migration begins: there must be no journal of an older one
         */
        Works open(Route route, Writer writer, boolean isNew);
    }

    /** Hears of routes. */
    @FunctionalInterface
    public interface Listener {
        void onRoute(Member member, Route route);
    }

    private Member(Context context, CollectionState state, CurrentRoute current, Writer writer, WriteGate gate) {
        this.context = context;
        this.state = state;
        this.current = current;
        this.writer = writer;
        this.gate = gate;
        this.drain = new Drain(this, context.time());
    }

    /**
     * Registers, then reads the state and begins to follow it (R19).
     *
     * @param ifAbsent the state of a collection that nobody has touched
     */
    public static CompletableFuture<Member> start(Context context, CollectionState ifAbsent, int maxHeld) {
        return context.record()
                .update(
                        ifAbsent,
                        before -> before.register(context.name(), context.time().wallMillis()))
                .thenCompose(state -> buildRoute(context, state).thenApply(route -> {
                    CurrentRoute current = new CurrentRoute(route);
                    WriteGate gate = new WriteGate(context.time(), maxHeld);
                    Member member = new Member(
                            context,
                            state,
                            current,
                            new Writer(current, gate, context.feeding(), context.latency(), context.time()),
                            gate);
                    member.begin(route);
                    return member;
                }));
    }

    private static CompletableFuture<Route> buildRoute(Context context, CollectionState state) {
        CompletableFuture<Participant> primary = context.participants().attach(state.primary());
        String other = state.migration();
        if (other == null) {
            return primary.thenApply(index -> route(context, state, index, null));
        }
        return primary.thenCombine(
                context.participants().attach(other), (left, right) -> route(context, state, left, right));
    }

    private static Route route(
            Context context, CollectionState state, Participant primary, @Nullable Participant migration) {
        boolean fleet = context.record().isShared();
        return new Route(context.collection(), state.epoch(), state.phase(), primary, migration, fleet);
    }

    private void begin(Route route) {
        if (!route.isSingle()) {
            openWorks(route, false);
        }
        CollectionState.Step step = state.step();
        if (route.phase().needsBoth() || (step != null && route.phase().crossesTo(step.target()))) {
            hold(step);
        }
        entered(route);
        reportApplied();
        watch = context.record().watch(this::onState);
    }

    private void openWorks(Route route, boolean isNew) {
        Works opened = context.works().open(route, writer, isNew);
        Replay replaying = new Replay(
                opened.reconciler(),
                this::reconcilable,
                new TimersOn(context.time(), context.blocking()),
                context.settings().batch(),
                context.settings().inFlight());
        opened.reconcileOn(this::reconcilable);
        opened.onPending(replaying::wake);
        works = opened;
        replay = replaying;
        writer.mirrorWith(opened.writer());
        replaying.wake();
    }

    /**
     * Whether no mark is open, so that a crossing can be agreed to. From then on nothing is reconciled until it is taken
     * or given up (R24): a reconcile that is under way has a mark open, and one that begins sees that it may not.
     */
    boolean isQuiet(Works opened, CollectionState.Step step) {
        if (!mayCross(opened, step.target())) {
            return false;
        }
        quietAttempt = step.attempt();
        if (!mayCross(opened, step.target())) {
            quietAttempt = 0;
            return false;
        }
        return true;
    }

    /**
     * Reads go back to the primary even if the migration index is down: what was not acked need not be there. Modelled
     * for one sidecar; in a fleet another's write may have crossed this one's.
     */
    private boolean mayCross(Works opened, Phase target) {
        return opened.marks().pendingKeys() == 0
                || (target == Phase.SEALED
                        && !current.get().fleet()
                        && opened.marks().letReadsBack());
    }

    private boolean agreedToCross(Route route, CollectionState.@Nullable Step step) {
        return step != null
                && route.phase().crossesTo(step.target())
                && (step.attempt() == quietAttempt || "".equals(step.answers().get(context.name())));
    }

    /** R24: in SEALED and SWITCHED only when all members have applied that epoch, and not once a crossing is agreed to. */
    public Optional<Route> reconcilable() {
        Route route = current.get();
        CollectionState seen = state;
        boolean settled = seen.epoch() == route.epoch() && seen.isAppliedByAll();
        return route.isSingle()
                        || fenced
                        || (route.phase().needsBoth() && !settled)
                        || agreedToCross(route, seen.step())
                ? Optional.empty()
                : Optional.of(route);
    }

    private synchronized void onState(CollectionState seen) {
        handling = handling.thenCompose(done -> handle(seen)).exceptionally(failed -> {
            LOG.error("{}: epoch {} could not be handled", context.collection(), seen.epoch(), failed);
            return null;
        });
    }

    private CompletableFuture<Void> handle(CollectionState seen) {
        boolean someoneIsFenced = seen.lastFence() > state.lastFence();
        state = seen;
        context.stepper().saw(seen);
        if (!seen.members().containsKey(context.name())) {
            fence(seen.epoch());
        }
        if (fenced) {
            return CompletableFuture.completedFuture(null);
        }
        if (seen.epoch() > current.get().epoch()) {
            return apply(seen);
        }
        CollectionState.Step step = seen.step();
        if (step != null && step.attempt() > answeredAttempt) {
            if (!step.answers().containsKey(context.name())) {
                answeredAttempt = step.attempt();
                answer(step);
            }
        } else if (step == null) {
            releaseIfSettled(seen);
        }
        if (someoneIsFenced) {
            entered(current.get());
        }
        return CompletableFuture.completedFuture(null);
    }

    /** R20: the fleet goes on without this member, so it serves nothing any more until it has been started again. */
    private void fence(long epoch) {
        fenced = true;
        LOG.atError()
                .addKeyValue("collection", context.collection())
                .addKeyValue("epoch", epoch)
                .log("{} has been fenced: it refuses all calls until it is started again", context.name());
        current.end(context.name() + " has been fenced (expected: start it again)");
        Replay replaying = replay;
        if (replaying != null) {
            replaying.stop();
        }
        gate.release();
    }

    /** R22: in SEALED and SWITCHED a write starts only when every member has applied the epoch. */
    private void releaseIfSettled(CollectionState seen) {
        Route route = current.get();
        if (seen.epoch() == route.epoch() && (!route.phase().needsBoth() || seen.isAppliedByAll())) {
            gate.release();
            Replay replaying = replay;
            if (replaying != null) {
                replaying.wake();
            }
        }
    }

    private void hold(CollectionState.@Nullable Step step) {
        gate.hold(context.settings().maxHold(), () -> {
            if (step != null) {
                LOG.atWarn()
                        .addKeyValue("collection", context.collection())
                        .addKeyValue("epoch", current.get().epoch())
                        .log(
                                "writes were held for too long: the step to {} is given up with {}",
                                step.target(),
                                inTheWay());
                context.stepper().abort(step.attempt());
            }
        });
    }

    /** What a drain waits for. */
    private String inTheWay() {
        Works opened = works;
        return current.get().writes().count() + " calls under way"
                + (opened == null
                        ? ""
                        : opened.marks().list(MOST_LISTED).stream()
                                .map(pending -> "; pending " + pending.key() + ": " + pending.reason())
                                .collect(Collectors.joining()));
    }

    /** Not awaited: the answer takes as long as a drain does, and other states must be seen meanwhile. */
    private void answer(CollectionState.Step step) {
        prepare(step)
                .handle((done, failed) -> failed == null ? "" : Failure.message(failed))
                .thenCompose(answer ->
                        context.record().update(state, before -> before.answer(step.attempt(), context.name(), answer)))
                .exceptionally(failed -> {
                    LOG.warn("{}: step {} could not be answered", context.collection(), step.attempt(), failed);
                    return null;
                });
    }

    private CompletableFuture<Void> prepare(CollectionState.Step step) {
        Route route = current.get();
        String toIndex = step.toIndex();
        if (route.isSingle() && step.target() == Phase.MIRRORING && toIndex != null) {
            return prepareMirroring(route, toIndex);
        }
        if (route.phase().crossesTo(step.target())) {
            hold(step);
            return drain.run(step);
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> prepareMirroring(Route route, String toIndex) {
        return context.participants()
                .open(toIndex)
                .thenAcceptAsync(
                        migration -> {
                            if (works == null) {
                                openWorks(mirroring(route, migration), true);
                            }
                        },
                        context.blocking());
    }

    private static Route mirroring(Route route, Participant migration) {
        return new Route(
                route.collection(), route.epoch() + 1, Phase.MIRRORING, route.primary(), migration, route.fleet());
    }

    private CompletableFuture<Void> apply(CollectionState seen) {
        return buildRoute(context, seen).thenComposeAsync(this::change, context.blocking());
    }

    private CompletableFuture<Void> change(Route next) {
        if (!next.isSingle() && works == null) {
            openWorks(next, true);
        }
        if (next.phase().needsBoth()) {
            hold(null);
        }
        return current.swap(next)
                .thenCompose(ended -> Marker.write(next))
                .thenRunAsync(
                        () -> {
                            if (next.isSingle()) {
                                closeWorks();
                            }
                            entered(next);
                            reportApplied();
                        },
                        context.blocking());
    }

    private void entered(Route route) {
        context.onRoute().onRoute(this, route);
    }

    private void reportApplied() {
        long epoch = current.get().epoch();
        context.record()
                .update(state, before -> before.applied(context.name(), epoch))
                .exceptionally(failed -> {
                    LOG.warn("{}: epoch {} could not be reported", context.collection(), epoch, failed);
                    return null;
                });
    }

    private void closeWorks() {
        Works old = works;
        Replay replaying = replay;
        works = null;
        replay = null;
        writer.mirrorWith(null);
        if (replaying != null) {
            replaying.stop();
        }
        if (old != null) {
            Closing.quietly(old, context.collection());
        }
    }

    public CurrentRoute current() {
        return current;
    }

    public Writer writer() {
        return writer;
    }

    public WriteGate gate() {
        return gate;
    }

    public CollectionState state() {
        return state;
    }

    public @Nullable Works works() {
        return works;
    }

    public void wakeReplay() {
        Replay replaying = replay;
        if (replaying != null) {
            replaying.wake();
        }
    }

    public Context context() {
        return context;
    }

    /** Stops following; calls should have ended. The member stays registered, because it will be back (R20). */
    public void stop() {
        if (watch != null) {
            watch.stop();
        }
        closeWorks();
    }
}
