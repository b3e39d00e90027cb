package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's part in moving the reads, between SEALED and SWITCHED: writes are held (R21) until every member has
 * crossed or the step is given up (R22), what runs is drained, and from the moment when all is quiet nothing is
 * reconciled (R24).
 *
 * <p>This member never lets held writes go by its own decision before it has crossed. The step may have been committed
 * already: a write let through on the older route could then be missing from what is read. So when the budget of holding
 * is over, the step is given up in the record, where either COMMIT or ABORT comes first, and the gate opens when that is
 * seen. Once it has crossed, writes go on when the budget is over, whoever has not followed: then a value that was never
 * acked may be seen and vanish, which is counted.
 *
 * <p>On the way back from REVERSED the index that is left may hang. So writes are held from the first step of the way
 * back until the reads have moved, and those that are under way are cut off after half of the budget.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>quietAttempt</td><td>the member's serial context</td><td>volatile: read by reconciles</td></tr>
 * <tr><td>isOver, wayBack</td><td>the member's serial context</td><td>the same</td></tr>
 * </table>
 */
final class Crossing {
    private static final Logger LOG = LoggerFactory.getLogger(Crossing.class);
    private static final int MOST_LISTED = 5;
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final Duration BETWEEN_TELLING_AND_ABORT = Duration.ofMillis(200);

    private final Member member;
    private final SerialContext serial;
    private final Drain drain;
    private volatile long quietAttempt;
    private boolean isOver;
    private long wayBack;

    Crossing(Member member, SerialContext serial) {
        this.member = member;
        this.serial = serial;
        this.drain = new Drain(member, this, serial);
    }

    /**
     * Holds writes, and completes when this member agrees to cross. The hold comes first, because a drain ends only if
     * nothing is added meanwhile.
     */
    CompletableFuture<Void> prepare(CollectionState.Step step) {
        if (!hold()) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "flip.max_hold: " + member.context().settings().maxHold().toMillis()
                            + " ms (expected: enough to drain; this flip has held writes for as long)"));
        }
        return drain.run(step);
    }

    /**
     * Holds, in a member that begins, what it would hold had it been there all the time: an agreement that it gave
     * before its restart stands in the record, and may be committed at any time.
     */
    void holdIfUnderWay(Route route, CollectionState.@Nullable Step step) {
        if (route.phase().needsBoth() || (step != null && route.phase().crossesTo(step.target()))) {
            hold();
        }
    }

    /**
     * Holds writes while the reads move, and in a fleet on the way into SEALED or SWITCHED at all, until every member has
     * applied the epoch (R22). Holds them already on the first step of the way back: the index that is to be left may
     * hang, and is sent nothing more.
     */
    void holdWhileTaking(Route last, Route next) {
        boolean beginsWayBack = last.phase() == Phase.REVERSED && next.phase() == Phase.SWITCHED;
        if (beginsWayBack && hold()) {
            wayBack = next.epoch();
            member.context()
                    .time()
                    .after(
                            member.context().settings().maxHold().dividedBy(2),
                            () -> serial.execute(() -> cutOff(last)));
        } else if (next.phase().needsBoth() && (next.fleet() || last.phase().crossesTo(next.phase()))) {
            hold();
        }
    }

    /** Ends the writes of a route that has been left whose leader has not answered. */
    private void cutOff(Route left) {
        Migration open = member.migration();
        if (open != null && left.writes().count() > 0) {
            LOG.warn(
                    "{}: {} writes are cut off, {} does not answer",
                    member.context().collection(),
                    left.writes().count(),
                    left.leader().name());
            open.marks().cutOff(left.epoch());
        }
    }

    /** Holds writes; false if this flip has held them for as long as it may. */
    private boolean hold() {
        serial.check();
        return member.gate().hold(() -> serial.execute(this::holdIsOver));
    }

    private void holdIsOver() {
        isOver = member.gate().isHolding();
        CollectionState seen = member.state();
        CollectionState.Step step = seen.step();
        if (step != null && member.current().get().phase().crossesTo(step.target())) {
            giveUp(step);
        } else if (isOver) {
            releaseIfSettled(seen);
        }
    }

    private void release() {
        isOver = false;
        wayBack = 0;
        member.gate().release();
        member.wakeReplay();
    }

    /** Begins a new budget of holding where a flip may begin. */
    void entered(Route route) {
        if (!route.phase().needsBoth()) {
            member.gate().renew();
        }
    }

    /**
     * Objects to the step, with the reason, so that whoever takes it can tell; if nobody does, this member gives it up
     * by itself.
     */
    private void giveUp(CollectionState.Step step) {
        String why = "flip.max_hold is over with " + inTheWay();
        LOG.atWarn()
                .addKeyValue("collection", member.context().collection())
                .addKeyValue("epoch", member.current().get().epoch())
                .log("the step to {} is given up: {}", step.target(), why);
        Branches.take(
                member.context()
                        .record()
                        .update(
                                member.state(),
                                before -> before.answer(
                                        step.attempt(), member.context().name(), why))
                        .thenCompose(told -> member.context().time().rest(BETWEEN_TELLING_AND_ABORT)),
                (rested, failed) -> serial.execute(() -> abortIfBeingTaken(step)));
    }

    /** Gives the step up in the record, again and again as long as it is being taken: writes are held meanwhile. */
    private void abort(CollectionState.Step step) {
        member.context().stepper().abort(step.attempt()).exceptionally(failed -> {
            LOG.warn("{}: step {} could not be given up yet", member.context().collection(), step.attempt(), failed);
            member.context().time().after(BETWEEN_TRIES, () -> serial.execute(() -> abortIfBeingTaken(step)));
            return null;
        });
    }

    /** Gives up, in the only member, the step that an earlier process has left behind: nobody else can be taking it. */
    void giveUpIfLeftBehind(CollectionState.@Nullable Step step) {
        if (step != null && !member.context().record().isShared()) {
            abort(step);
        }
    }

    private void abortIfBeingTaken(CollectionState.Step step) {
        if (member.isBeingTaken(step)) {
            abort(step);
        }
    }

    /** What a drain is still waiting for. */
    private String inTheWay() {
        Migration open = member.migration();
        return member.current().get().writes().count() + " calls under way"
                + (open == null
                        ? ""
                        : open.marks().list(MOST_LISTED).stream()
                                .map(pending -> "; pending " + pending.key() + ": " + pending.reason())
                                .collect(Collectors.joining()));
    }

    /**
     * Completes when the index to which reads move is vouched for, or when somebody else serves from it already. What
     * it has lost since the members agreed would be missing from what is read. Fails with {@link TakenBack} if the
     * crossing is taken back instead.
     */
    CompletableFuture<Void> vouched(Route last, Route next) {
        Migration open = member.migration();
        if (open == null || last.isSingle() || !last.phase().crossesTo(next.phase())) {
            return CompletableFuture.completedFuture(null);
        }
        return member.context()
                .time()
                .within(
                        timeToVouch(),
                        open.identities().vouchWhole(next.leader()),
                        () -> new IllegalStateException(next.leader().name() + " did not answer in time"))
                .handle((vouch, failed) -> failed == null ? vouch.found() : Cause.message(failed))
                .thenCompose(
                        found -> found.isEmpty() ? CompletableFuture.completedFuture(null) : takeBack(next, found));
    }

    /** What is left of the budget, since writes are held meanwhile; but an eighth of it, however late it is. */
    private Duration timeToVouch() {
        Duration least = member.context().settings().maxHold().dividedBy(8);
        Duration left = member.gate().left();
        return left.compareTo(least) > 0 ? left : least;
    }

    /**
     * Takes a crossing back if nobody has applied it. Fails with {@link TakenBack} then; completes if somebody has, for it
     * is too late.
     */
    CompletableFuture<Void> takeBack(Route next, String found) {
        return member.context()
                .record()
                .update(member.state(), before -> before.retreat(next.epoch()))
                .thenCompose(after -> after.epoch() > next.epoch()
                        ? CompletableFuture.<Void>failedFuture(new TakenBack(found, after.epoch()))
                        : CompletableFuture.completedFuture(null))
                .exceptionallyCompose(failed -> Cause.of(failed) instanceof TakenBack
                        ? CompletableFuture.failedFuture(failed)
                        : member.context().time().rest(BETWEEN_TRIES).thenCompose(rested -> takeBack(next, found)));
    }

    /** A crossing was taken back before anybody had applied it. */
    static final class TakenBack extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final long epoch;

        TakenBack(String found, long epoch) {
            super(found);
            this.epoch = epoch;
        }

        /** The one that the record had come to by then. */
        long epoch() {
            return epoch;
        }
    }

    /**
     * R22: after a crossing a write starts only when every member has applied the epoch, or the budget is over. On the
     * way back it starts when the reads have moved.
     */
    void releaseIfSettled(CollectionState seen) {
        serial.check();
        Route route = member.current().get();
        if (seen.epoch() != route.epoch()) {
            return;
        }
        boolean isSettled = !route.phase().needsBoth() || seen.isAppliedByAll();
        if (isOver && !isSettled) {
            LOG.warn("{}: writes go on before every member has applied epoch {}", route.collection(), route.epoch());
            member.gate().releaseEarly();
        }
        if (isOver || (isSettled && route.epoch() != wayBack)) {
            release();
        }
    }

    /**
     * Whether no mark is open, so that a crossing can be agreed to. From then on nothing is reconciled until it is
     * taken or given up (R24): a reconcile that is under way has a mark open, and one that begins sees that it may not.
     * The order makes this safe without a lock: here the attempt is set and then the marks are looked at again, there
     * the mark is opened and then {@code Reconciler.isOn} is asked, so at least one of the two sees the other.
     */
    boolean isQuiet(Migration open, CollectionState.Step step) {
        serial.check();
        if (!mayCross(open, step)) {
            return false;
        }
        quietAttempt = step.attempt();
        if (!mayCross(open, step)) {
            quietAttempt = 0;
            return false;
        }
        return true;
    }

    /**
     * Whether the marks that are open allow the crossing. Reads go back to the primary even if the migration index is
     * down: what was not acked need not be there. Modelled for one sidecar; in a fleet another's write may have crossed
     * this one's.
     */
    private boolean mayCross(Migration open, CollectionState.Step step) {
        return open.marks().pendingKeys() == 0
                || (step.target() == Phase.SEALED
                        && !member.current().get().fleet()
                        && open.marks().letReadsBack(step.leavesBehind()));
    }

    /**
     * Whether this member has agreed to leave the route by this step. What it remembers is known before the record says
     * so; what the record says is known after a restart too.
     */
    boolean isAgreed(Route route, CollectionState.@Nullable Step step) {
        return step != null
                && route.phase().crossesTo(step.target())
                && (step.attempt() == quietAttempt
                        || "".equals(step.answers().get(member.context().name())));
    }
}
