package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.Route;
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
 * <p>This member never lets held writes go by its own decision. The step may have been committed already: a write let
 * through on the older route could then be missing from what is read. So when writes have been held for too long, the
 * step is given up in the record, where either COMMIT or ABORT comes first, and the gate opens when that is seen.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>quietAttempt</td><td>the member's serial context</td><td>volatile: read by reconciles</td></tr>
 * </table>
 */
final class Crossing {
    private static final Logger LOG = LoggerFactory.getLogger(Crossing.class);
    private static final int MOST_LISTED = 5;
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final Member member;
    private final SerialContext serial;
    private final Drain drain;
    private volatile long quietAttempt;

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
        hold(step);
        return drain.run(step);
    }

    /**
     * Holds, in a member that begins, what it would hold had it been there all the time: an agreement that it gave
     * before its restart stands in the record, and may be committed at any time.
     */
    void holdIfUnderWay(Route route, CollectionState.@Nullable Step step) {
        if (route.phase().needsBoth() || (step != null && route.phase().crossesTo(step.target()))) {
            hold(step);
        }
    }

    /** Holds writes on the way into SEALED or SWITCHED, until every member has applied the epoch (R22). */
    void holdIfNeedsBoth(Route next) {
        if (next.phase().needsBoth()) {
            hold(null);
        }
    }

    /** Holds writes; a step that is given is given up when they have been held for too long. */
    private void hold(CollectionState.@Nullable Step step) {
        serial.check();
        member.gate().hold(member.context().settings().maxHold(), () -> {
            if (step != null) {
                giveUp(step);
            }
        });
    }

    private void giveUp(CollectionState.Step step) {
        LOG.atWarn()
                .addKeyValue("collection", member.context().collection())
                .addKeyValue("epoch", member.current().get().epoch())
                .log("writes were held for too long: the step to {} is given up with {}", step.target(), inTheWay());
        abort(step);
    }

    /** Gives the step up in the record, again and again as long as it is being taken: writes are held meanwhile. */
    private void abort(CollectionState.Step step) {
        member.context().stepper().abort(step.attempt()).exceptionally(failed -> {
            LOG.warn("{}: step {} could not be given up yet", member.context().collection(), step.attempt(), failed);
            member.context()
                    .time()
                    .after(
                            BETWEEN_TRIES,
                            () -> serial.execute(() -> {
                                if (member.isBeingTaken(step)) {
                                    abort(step);
                                }
                            }));
            return null;
        });
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
        return open.identities()
                .vouchWhole(next.leader())
                .handle((vouch, failed) -> failed == null ? vouch.found() : Cause.message(failed))
                .thenCompose(
                        found -> found.isEmpty() ? CompletableFuture.completedFuture(null) : takeBack(next, found));
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
                        ? CompletableFuture.<Void>failedFuture(new TakenBack(found))
                        : CompletableFuture.completedFuture(null))
                .exceptionallyCompose(failed -> Cause.of(failed) instanceof TakenBack
                        ? CompletableFuture.failedFuture(failed)
                        : member.context().time().rest(BETWEEN_TRIES).thenCompose(rested -> takeBack(next, found)));
    }

    /** A crossing was taken back before anybody had applied it. */
    static final class TakenBack extends RuntimeException {
        private static final long serialVersionUID = 1;

        TakenBack(String found) {
            super(found);
        }
    }

    /** R22: in SEALED and SWITCHED a write starts only when every member has applied the epoch. */
    void releaseIfSettled(CollectionState seen) {
        serial.check();
        Route route = member.current().get();
        if (seen.epoch() == route.epoch() && (!route.phase().needsBoth() || seen.isAppliedByAll())) {
            member.gate().release();
            member.wakeReplay();
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
        if (!mayCross(open, step.target())) {
            return false;
        }
        quietAttempt = step.attempt();
        if (!mayCross(open, step.target())) {
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
    private boolean mayCross(Migration open, Phase target) {
        return open.marks().pendingKeys() == 0
                || (target == Phase.SEALED
                        && !member.current().get().fleet()
                        && open.marks().letReadsBack());
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
