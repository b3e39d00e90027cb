package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.migration.claim.Claims;
import io.crossfade.proxy.migration.identity.Vouch;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.StateRecord;
import io.crossfade.proxy.migration.step.FlipSettings;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WriteGate;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.LiveWrites;
import io.crossfade.proxy.write.SingleWriter;
import io.crossfade.proxy.write.Writer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the agreed state of one collection. States are handled one at a time, in the order in which they are seen;
 * while a new route is being put in place, those that come wait. Whatever happens to a member happens in its
 * {@link SerialContext}, where nothing blocks: indexes and journals are opened and closed on the executor for what
 * blocks, and their answers come back into the context.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>waiting, changing, ended, answeredAttempt, highest, leastEpoch, handledDoubt, awaited, watch</td><td>the serial context</td><td>the same</td></tr>
 * <tr><td>state, fenced</td><td>the serial context</td><td>volatile: read by calls and reconciles</td></tr>
 * </table>
 */
public final class Member {
    private static final Logger LOG = LoggerFactory.getLogger(Member.class);
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(1);

    private final Context context;
    private final Routes routes;
    private final CurrentRoute current;
    private final Writer writer;
    private final WriteGate gate;
    private final SerialContext serial = new SerialContext();
    private final Doubted trust;
    private final Crossing crossing;
    private final OwnMigration own;
    private final Markers markers = new Markers();
    private final Preparation preparation;
    private final Queue<CollectionState> waiting = new ArrayDeque<>();
    private final Map<CompletableFuture<Void>, Long> awaited = new HashMap<>();
    private volatile CollectionState state;
    private volatile boolean fenced;
    private boolean changing;
    private boolean ended;
    private long answeredAttempt;
    private long highest;
    private long handledDoubt;
    private long leastEpoch;
    private ControlStore.@Nullable Watch watch;

    /**
     * What a member is given.
     *
     * @param name of this sidecar in the fleet
     * @param blocking runs what waits for a disk
     * @param migrations opens the journal and all that works with it
     * @param claims keeps its indexes from other control stores, and it from theirs
     * @param onRoute told of each new route, after its predecessor's calls have ended, and again when a member is
     * fenced
     */
    public record Context(
            String name,
            String collection,
            StateRecord<CollectionState> record,
            Stepper stepper,
            Participants participants,
            FlipSettings settings,
            Time time,
            Executor blocking,
            Opener migrations,
            LiveWrites live,
            Claims claims,
            Listener onRoute) {}

    /** Opens what a member holds for a migration. */
    @FunctionalInterface
    public interface Opener {
        /**
         * @param unknownSettle how long requests of a stopped process can still take effect, in either engine (R7)
         * @param begins the migration begins: there must be no journal of an older one
         */
        Migration open(Duration unknownSettle, boolean begins);
    }

    /** Hears of routes. */
    @FunctionalInterface
    public interface Listener {
        void onRoute(Member member, Route route);
    }

    private Member(Context context, Routes routes, CollectionState state, Route route) {
        this.context = context;
        this.routes = routes;
        this.state = state;
        this.handledDoubt = state.doubted();
        this.current = new CurrentRoute(route);
        this.gate = new WriteGate(
                context.time(), context.settings().maxHold(), context.settings().maxHeldCalls());
        this.writer = new Writer(current, gate, context.time());
        this.trust = new Doubted(this::state, current::get);
        this.crossing = new Crossing(this, serial);
        this.preparation = new Preparation(context.collection(), context.participants(), context.time());
        this.own = new OwnMigration(
                context, serial, opened -> opened.join(new Agreement(this), this::reconcilable, trust, writer));
    }

    /**
     * Registers, then reads the state and begins to follow it (R19).
     *
     * @param ifAbsent the state of a collection that nobody has touched
     */
    public static CompletableFuture<Member> start(Context context, CollectionState ifAbsent) {
        Routes routes = new Routes(
                context.collection(),
                context.participants(),
                context.record().isShared(),
                new SingleWriter(context.live().lanes(), context.time(), context.claims()));
        return context.record()
                .update(
                        ifAbsent,
                        before -> before.register(context.name(), context.time().wallMillis()))
                .thenCompose(state -> routes.indexes(state)
                        .thenCompose(indexes -> OwnMigration.found(context, indexes)
                                .thenCompose(
                                        open -> new Member(context, routes, state, routes.route(state, indexes, open))
                                                .begin(open))))
                .exceptionallyCompose(failed -> Cause.of(failed) instanceof Crossing.TakenBack
                        ? start(context, ifAbsent)
                        : CompletableFuture.failedFuture(failed));
    }

    private CompletableFuture<Member> begin(@Nullable Migration open) {
        return CompletableFuture.completedFuture(open)
                .thenApplyAsync(
                        opened -> {
                            if (opened != null) {
                                own.adopt(opened);
                            }
                            crossing.holdIfUnderWay(current.get(), state.step());
                            crossing.giveUpIfLeftBehind(state.step());
                            return this;
                        },
                        serial)
                .thenCompose(joined -> firstLook(open))
                .thenApplyAsync(
                        looked -> {
                            entered(current.get());
                            context.claims().follow(current::get);
                            reportApplied();
                            watch = context.record().watch(seen -> serial.execute(() -> saw(seen)));
                            return this;
                        },
                        serial);
    }

    /**
     * Looks at the index that leads before anything is served, unless it is away (without a migration: whether somebody else
     * migrates it); whichever is looked at later is looked
     * at before anything is noted on it. What is found is recorded. A crossing that an earlier process did not get to
     * take is taken back if the index is in doubt: until it is taken, both have all that was acked.
     */
    private CompletableFuture<Void> firstLook(@Nullable Migration open) {
        Route route = current.get();
        if (BootCheck.isAway(route.leader())) {
            return CompletableFuture.completedFuture(null);
        }
        if (open == null) {
            return context.claims().begin(route.leader()).exceptionallyCompose(this::endWith);
        }
        return open.identities().vouch(route.leader()).thenCompose(vouch -> {
            boolean isLost = vouch.kind() == Vouch.Kind.REPLACED || vouch.kind() == Vouch.Kind.WENT_BACK;
            return isLost && route.phase().needsBoth()
                    ? crossing.takeBack(route, vouch.found()).exceptionallyCompose(this::endWith)
                    : CompletableFuture.completedFuture(null);
        });
    }

    /** Ends what has not begun to serve, and fails. */
    private CompletableFuture<Void> endWith(Throwable failed) {
        return stop().thenCompose(stopped -> CompletableFuture.failedFuture(failed));
    }

    /**
     * The route on which reconciles may write (R24): in SEALED and SWITCHED only when all members have applied that
     * epoch, and not once a crossing is agreed to. Until then another member may still write to an older leader, and a
     * reconcile that reads the newer one could undo what that member has just written.
     */
    Optional<Route.Paired> reconcilable() {
        Route route = current.get();
        CollectionState seen = state;
        boolean settled = seen.epoch() == route.epoch() && seen.isAppliedByAll();
        return fenced
                        || !trust.mayFeedFollower()
                        || (route.phase().needsBoth() && !settled)
                        || crossing.isAgreed(route, seen.step())
                        || !(route instanceof Route.Paired paired)
                ? Optional.empty()
                : Optional.of(paired);
    }

    /**
     * Completes when this member acts on the doubts of a state that it has recorded: at once, though it is told of that
     * state later, or with the route that has been agreed on since. In a member that begins nothing acts before it is told.
     */
    CompletableFuture<Void> sees(CollectionState recorded) {
        CompletableFuture<Void> seen = new CompletableFuture<>();
        serial.execute(() -> {
            if (recorded.epoch() == state.epoch() && recorded.doubted() > state.doubted()) {
                state = recorded;
            }
            if (watch == null) {
                seen.complete(null);
                return;
            }
            awaited.put(seen, recorded.doubted());
            tellWhoAwaits();
        });
        return seen;
    }

    /** A crossing that has been taken back may have been seen before that; and a state as it was before this member's own doubt. */
    private boolean isOutdated(CollectionState seen) {
        return seen.epoch() < leastEpoch || (seen.epoch() == state.epoch() && seen.doubted() < state.doubted());
    }

    private void tellWhoAwaits() {
        serial.check();
        List<CompletableFuture<Void>> seen = awaited.entrySet().stream()
                .filter(each -> each.getValue() <= state.doubted())
                .map(Map.Entry::getKey)
                .toList();
        awaited.keySet().removeAll(seen);
        seen.forEach(each -> each.complete(null));
    }

    private void saw(CollectionState seen) {
        waiting.add(seen);
        handleWaiting();
    }

    private void handleWaiting() {
        serial.check();
        while (!changing && !waiting.isEmpty()) {
            handle(waiting.remove());
        }
    }

    /**
     * Handles a state: being fenced counts before all else, a new epoch before a step, because an answer that is given
     * on an older route would be about that one. Each try is answered once: the record changes with every answer of
     * others, and is seen again each time.
     */
    private void handle(CollectionState seen) {
        if (isOutdated(seen)) {
            return;
        }
        boolean isNewlyInDoubt = seen.doubted() > handledDoubt;
        handledDoubt = seen.doubted();
        state = seen;
        tellWhoAwaits();
        context.stepper().saw(seen);
        if (!seen.members().containsKey(context.name())) {
            fence(seen.epoch());
        }
        if (fenced || ended) {
            return;
        }
        if (seen.epoch() > current.get().epoch()) {
            apply(seen);
            return;
        }
        CollectionState.Step step = seen.step();
        if (step == null) {
            crossing.releaseIfSettled(seen);
            letGoOfWhatWasPrepared();
        } else if (step.attempt() > answeredAttempt && !step.answers().containsKey(context.name())) {
            answeredAttempt = step.attempt();
            answer(step);
        }
        if (isNewlyInDoubt) {
            entered(current.get());
        }
        wakeReplay();
    }

    /**
     * Ends service (R20): the fleet goes on without this member, so it serves nothing any more until it has been
     * started again. Held writes are let go to be refused.
     */
    private void fence(long epoch) {
        end(epoch, context.name() + " has been fenced (expected: start it again)");
    }

    /** Another process of this member is at work, on another copy of its state: two of them lose what each acks. */
    void twin(String found) {
        refuse(found + " (expected: one process at a time; stop the other, start this one again)");
    }

    /** Ends the member where it stands: what it knows is not what is. */
    void refuse(String why) {
        serial.execute(() -> {
            if (!fenced) {
                end(state.epoch(), why);
            }
        });
    }

    private void end(long epoch, String why) {
        fenced = true;
        LOG.atError()
                .addKeyValue("collection", context.collection())
                .addKeyValue("epoch", epoch)
                .log("{}: {}; it refuses all calls until then", context.name(), why);
        current.end(why);
        own.stopReplay();
        gate.release();
    }

    /** Closes what a start that was given up has opened: SINGLE has no use for a journal. */
    private void letGoOfWhatWasPrepared() {
        boolean isIdle = !ended && !changing && state.step() == null;
        if (isIdle && current.get().isSingle() && own.get() != null) {
            changing = true;
            Branches.take(own.closed(), (done, failed) -> serial.execute(() -> changed(state.epoch(), failed)));
        }
    }

    /**
     * Answers a step. This is not awaited: the answer takes as long as a drain does, and other states must be seen
     * meanwhile, among them that the step was given up.
     */
    private void answer(CollectionState.Step step) {
        CompletableFuture<String> answered = CompletableFuture.completedFuture(step)
                .thenCompose(this::prepare) // what it throws is an answer, too
                .handle((done, failed) -> failed == null ? "" : Cause.message(failed));
        Branches.take(answered, (answer, never) -> serial.execute(() -> tellAnswer(step, answer)));
    }

    /** Tells the others, as long as the try lasts: they wait for it. */
    private void tellAnswer(CollectionState.Step step, String answer) {
        if (!isBeingTaken(step)) {
            letGoOfWhatWasPrepared();
            return;
        }
        context.record()
                .update(state, before -> before.answer(step.attempt(), context.name(), answer))
                .exceptionally(failed -> {
                    LOG.warn("{}: step {} could not be answered yet", context.collection(), step.attempt(), failed);
                    context.time().after(BETWEEN_REPORTS, () -> serial.execute(() -> tellAnswer(step, answer)));
                    return null;
                });
    }

    private CompletableFuture<?> prepare(CollectionState.Step step) {
        Route route = current.get();
        String toIndex = step.toIndex();
        if (route.isSingle() && step.target() == Phase.MIRRORING && toIndex != null) {
            return prepareMirroring(route, step, toIndex);
        }
        return route.phase().crossesTo(step.target())
                ? crossing.prepare(step)
                : CompletableFuture.completedFuture(null);
    }

    /**
     * Gets the index ready and opens the journal. The index may hang for longer than a try of the step lasts: what it
     * answers then counts for no other try.
     */
    private CompletableFuture<?> prepareMirroring(Route route, CollectionState.Step step, String toIndex) {
        return preparation
                .of(toIndex, route, state.offered())
                .thenComposeAsync(
                        index -> isBeingTaken(step)
                                ? own.opened(new Routes.Indexes(route.primary(), index))
                                : CompletableFuture.failedFuture(new IllegalStateException(
                                        "the step was given up before " + toIndex + " was ready")),
                        serial);
    }

    /** Whether this is the try of the moment, as far as this member has seen; of no try once it has ended. */
    boolean isBeingTaken(CollectionState.Step step) {
        CollectionState.Step now = state.step();
        return !ended && now != null && now.attempt() == step.attempt();
    }

    /**
     * Puts the agreed route in place; states that come meanwhile wait, so that no two routes are put in place at once.
     */
    private void apply(CollectionState seen) {
        changing = true;
        CompletableFuture<Void> swapped = CompletableFuture.completedFuture(seen)
                .thenCompose(routes::indexes) // what it throws must not leave the member changing
                .thenComposeAsync(
                        indexes -> own.opened(indexes).thenApply(open -> routes.route(seen, indexes, open)), serial)
                .thenComposeAsync(this::swap, serial);
        Branches.take(swapped, (done, failed) -> serial.execute(() -> changed(seen.epoch(), failed)));
    }

    /**
     * Swaps the route, in an order that others rely on: writes are held before the new route can be read (R22); the
     * journal is closed after the calls of older routes, which use it, have ended; the epoch is reported as applied
     * last, because that promises all of it.
     */
    private CompletableFuture<Void> swap(Route next) {
        Route last = current.get();
        crossing.holdWhileTaking(last, next);
        return crossing.vouched(last, next)
                .thenComposeAsync(vouched -> current.swap(next), serial)
                .thenCompose(written -> markers.write(last, next))
                .thenCompose(marked -> next.isSingle() && last instanceof Route.Paired paired
                        ? context.claims().ended(paired, next.leader())
                        : CompletableFuture.completedFuture(null))
                .thenComposeAsync(
                        marked -> next.isSingle() ? letGo(last) : CompletableFuture.completedFuture(null), serial)
                .thenRunAsync(
                        () -> {
                            entered(next);
                            reportApplied();
                        },
                        serial);
    }

    /** Lets go of what only a migration needs, when no call uses it any more: reads may have gone on until now. */
    private CompletableFuture<Void> letGo(Route last) {
        Migration open = own.get();
        if (open != null && last instanceof Route.Paired paired) {
            preparation.letGo(paired, open);
            highest = Math.max(highest, open.versions().last());
        }
        return current.olderReadsEnded().thenComposeAsync(ended -> own.closed(), serial);
    }

    private void changed(long epoch, @Nullable Throwable failed) {
        serial.check();
        if (failed != null && Cause.of(failed) instanceof Crossing.TakenBack takenBack) {
            leastEpoch = takenBack.epoch();
            LOG.warn("{}: epoch {} is taken back: {}", context.collection(), epoch, Cause.message(failed));
        } else if (failed != null) {
            LOG.error("{}: epoch {} could not be handled", context.collection(), epoch, failed);
        }
        changing = false;
        handleWaiting();
    }

    private void entered(Route route) {
        crossing.entered(route);
        Migration open = own.get();
        if (open != null) {
            open.identities().begin(current::get);
        }
        context.onRoute().onRoute(this, route);
    }

    /** Reports the epoch of the current route as applied: the calls of older ones have ended. */
    private void reportApplied() {
        long epoch = current.get().epoch();
        context.record()
                .update(state, before -> before.applied(context.name(), epoch, highest))
                .exceptionally(failed -> {
                    LOG.warn("{}: epoch {} could not be reported yet", context.collection(), epoch, failed);
                    context.time().after(BETWEEN_REPORTS, () -> serial.execute(() -> reportAgain(epoch)));
                    return null;
                });
    }

    /** The others wait for it, as long as the store is away. */
    private void reportAgain(long epoch) {
        if (!ended && !fenced && current.get().epoch() == epoch) {
            reportApplied();
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

    /** What is held for the migration; null while there is none. */
    public @Nullable Migration migration() {
        return own.get();
    }

    public void wakeReplay() {
        own.wakeReplay();
    }

    public Context context() {
        return context;
    }

    /**
     * Stops following; calls should have ended. Completes when the journal is closed. The member stays registered,
     * because it will be back (R20).
     */
    public CompletableFuture<Void> stop() {
        return CompletableFuture.completedFuture(null)
                .thenComposeAsync(
                        begins -> {
                            ended = true;
                            context.claims().stop();
                            if (watch != null) {
                                watch.stop();
                            }
                            return own.end();
                        },
                        serial);
    }
}
