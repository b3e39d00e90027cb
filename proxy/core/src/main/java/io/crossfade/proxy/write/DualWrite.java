package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Admission;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.journal.Mark;
import io.crossfade.proxy.write.journal.MarkRecord;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Tail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to both indexes: plan, lanes, marks, leader and follower side by side, ack. Each stage starts
 * when the one before is done, on whichever thread that happens; no two stages of a call run at once, except that the
 * follower may answer at any time after it was asked.
 *
 * <p>Once the mark is recorded (or, in a full journal, a dirty range in its stead), nothing that fails here can lose
 * the write for the follower: the mark is closed only when both indexes have it, and until then reconcile has to bring
 * it. So a failure only has to be told to the caller.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>unwritten, change</td><td>the stages before the marks, one after the other</td><td>the futures between</td></tr>
 * <tr><td>items, overflown, waitsForBoth, unmarkedHaveLanded</td><td>the stage that opens the marks, before any request is sent</td><td>the futures after it</td></tr>
 * <tr><td>Item.leader, Item.follower</td><td>the answer of each index, once</td><td>volatile</td></tr>
 * <tr><td>Item.ended, acking</td><td>whoever comes first: an answer, a timer, the next route</td><td>atomic</td></tr>
 * <tr><td>stage</td><td>the stage that sends, and whoever cuts the call off</td><td>atomic</td></tr>
 * </table>
 */
final class DualWrite {
    private static final Outcome NOT_SENT = new Outcome.Failed("not sent: breaker open or too many requests under way");

    private final DualWriter writer;
    private final Route.Paired route;
    private final long deadlineNanos;
    private final Admission admission;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.MARKED);
    private final CompletableFuture<List<WriteReply.Result>> reply = new CompletableFuture<>();
    private final AtomicBoolean acking = new AtomicBoolean();
    private final Unwritten unwritten = new Unwritten();
    private TextChange change = TextChange.none(List.of());
    private List<Item> items = List.of();
    private boolean overflown;
    private boolean waitsForBoth;
    private boolean unmarkedHaveLanded;

    DualWrite(DualWriter writer, Route.Paired route, Duration timeout, Admission admission) {
        this.writer = writer;
        this.route = route;
        this.admission = admission;
        this.deadlineNanos = writer.time().nanos() + timeout.toNanos();
    }

    /** How far a call has come whose marks are open. */
    private enum Stage {
        /** Nothing has been sent. */
        MARKED,
        /** Requests are being sent. */
        SENDING,
        /** Requests are being sent; the call is cut off as soon as they are. */
        SENDING_LAST,
        SENT,
        /** Cut off before anything was sent; nothing will be. */
        LEFT
    }

    /**
     * A write with its mark and what became of it. Its mark may also be closed by a reconcile, which is as good as the
     * follower's own answer to a call that waits for both.
     */
    private static final class Item {
        private final PlannedWrite plan;
        private final Mark mark;
        private final AtomicBoolean ended = new AtomicBoolean();
        private final CompletableFuture<Void> onBoth = new CompletableFuture<>();
        private volatile @Nullable Outcome leader;
        private volatile @Nullable Outcome follower;

        Item(PlannedWrite plan, Mark mark) {
            this.plan = plan;
            this.mark = mark;
            mark.whenClosed(() -> onBoth.complete(null));
        }

        long version() {
            return mark.record().version();
        }

        /** The index of this tail has it. */
        void rememberIn(Tail tail) {
            if (plan.isWhole()) {
                tail.holds(plan.key(), plan.op().isRemoval() ? Marks.ABSENT : version(), mark.openedNanos());
            } else {
                tail.updated(plan.key(), version(), mark.openedNanos());
            }
        }

        boolean isAnswered() {
            return leader != null && (follower != null || !mark.isForwarded());
        }

        boolean leaderApplied() {
            return isDone(leader);
        }

        /** Whether both indexes have it (R8). */
        boolean bothApplied() {
            return isDone(leader) && isDone(follower);
        }

        private boolean isDone(@Nullable Outcome outcome) {
            return outcome != null && outcome.isDone(plan.op().isRemoval());
        }
    }

    /**
     * Runs the call. Vectors are made before the lanes are taken, so that a slow embedder delays only this call; where
     * metadata makes up the text, or what stands decides, that is impossible, since no other write may come between reading
     * a document and changing it.
     */
    CompletableFuture<List<WriteReply.Result>> run(WriteCall call) {
        Set<Key> textChanges = TextChange.keys(route.leader(), call.writes());
        if (!call.isConditional() && textChanges.isEmpty()) {
            Planner.plan(route, call.writes(), Map.of())
                    .thenAccept(plans ->
                            inLanes(writer.lanes().take(keysInOrder(call.writes())), () -> markUnlessLost(call, plans)))
                    .exceptionally(this::fail);
            return reply.thenApply(results -> unwritten.complete(call.writes(), results));
        }
        List<Key> keys = keysInOrder(call.writes());
        inLanes(
                call.isConditional()
                        ? writer.lanes().takeFromAll(keys)
                        : writer.lanes().take(keys),
                () -> Condition.judge(route.leader(), call, remaining(), unwritten)
                        .thenCompose(ops -> TextChange.of(route.leader(), ops, textChanges, remaining(), unwritten))
                        .thenCompose(changed -> {
                            change = changed;
                            return Planner.plan(route, changed.ops(), changed.texts());
                        })
                        .thenAccept(plans -> guarded(() -> markUnlessLost(call, plans)))
                        .exceptionally(this::fail));
        return reply.thenApply(results -> unwritten.complete(call.writes(), change.tell(route.leader(), results)));
    }

    /** Leaves alone what would be built on an older copy than the one that was acked. */
    private void markUnlessLost(WriteCall call, List<PlannedWrite> plans) {
        if (writer.trust().get().leader() == Trust.Leader.WHOLE) {
            mark(plans);
            return;
        }
        new LostBase(writer, route)
                .find(call, plans, remaining())
                .thenAccept(lost -> guarded(() -> {
                    lost.forEach((key, why) -> unwritten.add(key, WriteReply.Leader.FAILED, why));
                    mark(plans.stream()
                            .filter(plan -> !lost.containsKey(plan.key()))
                            .toList());
                }))
                .exceptionally(this::fail);
    }

    /**
     * Runs a stage once the lanes of all keys are this call's. They are released with the reply, whatever it is (R9):
     * if the leader was asked, its answer is there by then, while the follower's may be late.
     */
    private void inLanes(CompletableFuture<Lanes.Lease> lanes, Runnable stage) {
        Branches.take(lanes, (lease, never) -> {
            Branches.take(reply, (done, ignored) -> lease.release());
            guarded(stage);
        });
    }

    private @Nullable Void fail(Throwable failed) {
        reply.completeExceptionally(failed);
        return null;
    }

    /**
     * The keys in the one order in which every call takes them, so that calls cannot wait for each other in a circle
     * (R9).
     */
    private static List<Key> keysInOrder(List<WriteOp> ops) {
        if (ops.size() == 1) {
            return List.of(ops.get(0).key());
        }
        return ops.stream().map(WriteOp::key).sorted().toList();
    }

    private void guarded(Runnable stage) {
        try {
            stage.run();
        } catch (Throwable e) {
            reply.completeExceptionally(e);
        }
    }

    private Duration remaining() {
        return Duration.ofNanos(deadlineNanos - writer.time().nanos());
    }

    private boolean isOver() {
        return deadlineNanos - writer.time().nanos() <= 0;
    }

    /** Fails a write whose caller has given up: it must not find it applied later. */
    private static CallException tooLate() {
        return new CallException(CallException.Kind.DEADLINE, "time was over before the write began; nothing was done");
    }

    /**
     * Opens the marks, and sends nothing before they are recorded (R1). This is the last moment at which a call can
     * fail with nothing done. A write that is refused here has sent no request, so its marks can go: the follower is as
     * right as before.
     */
    private void mark(List<PlannedWrite> plans) {
        if (isOver()) {
            throw tooLate();
        }
        if (plans.isEmpty()) {
            reply.complete(List.of());
            return;
        }
        admission.admit();
        overflown = writer.isFull();
        waitsForBoth = route.phase() == Phase.REVERSED
                && writer.mirror().settings().bothAfterFlip()
                && !overflown
                && writer.mirror().seemsOpenForBusiness();
        unmarkedHaveLanded = writer.unmarkedHaveLanded().getAsBoolean();
        List<Mark> marks = writer.marks().open(openings(plans));
        items = new ArrayList<>(plans.size());
        for (int i = 0; i < marks.size(); i++) {
            items.add(new Item(plans.get(i), marks.get(i)));
        }
        if (waitsForBoth) {
            marks.forEach(writer.marks()::notAcked);
        }
        Branches.take(reply, (results, failed) -> {
            tellUnacked(failed != null);
            marks.forEach(Mark::isAnswered);
        });
        Branches.take(record(marks), (recorded, failed) -> {
            if (failed != null) {
                unmark(marks);
                reply.completeExceptionally(refusal(failed));
            } else if (!isOver() && stage.compareAndSet(Stage.MARKED, Stage.SENDING)) {
                send();
                sent();
            } else {
                unmark(marks);
                reply.completeExceptionally(tooLate()); // unless it was cut off
            }
        });
    }

    private void unmark(List<Mark> marks) {
        marks.forEach(overflown ? writer.marks()::forget : writer.marks()::close);
    }

    private void sent() {
        if (!stage.compareAndSet(Stage.SENDING, Stage.SENT)) {
            stage.set(Stage.SENT);
            cutOff();
        }
    }

    /**
     * Ends the call, because the reads are leaving an index that may never answer. What was sent may be applied; if
     * nothing was, the call begins again elsewhere. Nobody is told that such a write stands, so reads may go back
     * without it; its mark stays open until its requests have ended.
     */
    private void cutOff() {
        if (stage.compareAndSet(Stage.MARKED, Stage.LEFT)) {
            reply.completeExceptionally(new Admission.NotAdmittedException());
        } else if (!stage.compareAndSet(Stage.SENDING, Stage.SENDING_LAST)
                && stage.get() == Stage.SENT
                && items.stream().anyMatch(this::isStuck)
                && acking.compareAndSet(false, true)) {
            reply.completeExceptionally(new CallException(
                    CallException.Kind.UNKNOWN,
                    "may have been applied: " + route.leader().name() + " did not answer before the reads left it"));
        }
    }

    private boolean isStuck(Item item) {
        return item.leader == null || (waitsForBoth && item.leaderApplied() && !item.onBoth.isDone());
    }

    /** Tells the marks whose writes nobody was told to stand: reads may go back to an index that lacks them. */
    private void tellUnacked(boolean all) {
        for (Item item : items) {
            if (all || !item.leaderApplied()) {
                writer.marks().notAcked(item.mark);
            }
        }
    }

    /** Records the marks; a full journal records, instead of them, that there are writes without one. */
    private CompletableFuture<Void> record(List<Mark> marks) {
        return overflown
                ? writer.journal()
                        .overflow(
                                marks.get(0).record().version(),
                                marks.get(marks.size() - 1).record().version(),
                                "the journal is full")
                : writer.marks().record(marks);
    }

    private CallException refusal(Throwable failed) {
        return overflown
                ? new CallException(CallException.Kind.EXHAUSTED, "refused: the journal is full", failed)
                : new CallException(CallException.Kind.UNAVAILABLE, "refused: " + failed.getMessage(), failed);
    }

    private List<Marks.Opening> openings(List<PlannedWrite> plans) {
        List<Marks.Opening> openings = new ArrayList<>(plans.size());
        for (PlannedWrite plan : plans) {
            MarkRecord record = new MarkRecord(
                    writer.marks().nextSequence(),
                    plan.key(),
                    writer.versions().next(),
                    route.epoch(),
                    plan.isWhole() ? MarkRecord.Kind.WRITE : MarkRecord.Kind.UPDATE,
                    plan.replacesContent(),
                    plan.source(),
                    plan.kept());
            openings.add(new Marks.Opening(record, forward(plan), this::cutOff));
        }
        return openings;
    }

    /**
     * Decides whether a write may be forwarded. One that needs an embedder, overflows the journal or meets a resting
     * follower is not. The copy of a parked document is stale: only a reconcile can bring it on, and set the document
     * free.
     */
    private Marks.Forward forward(PlannedWrite plan) {
        if (plan.follower() == null
                || overflown
                || !writer.trust().get().mayFeedFollower()
                || writer.parked().isParked(plan.key())
                || !writer.mirror().seemsOpenForBusiness()) {
            return Marks.Forward.NEVER;
        }
        return route.phase().needsBoth() ? Marks.Forward.ALWAYS : Marks.Forward.IF_ONLY_MARK;
    }

    /** Asks both, and whatever is thrown meanwhile: a mark that is recorded must not be open for ever. */
    private void send() {
        try {
            ask();
        } catch (Throwable e) {
            onLeaderAnswered(Collections.nCopies(items.size(), new Outcome.Unknown(e.toString())));
        }
    }

    /**
     * Asks the leader and, where a write is forwarded, the follower beside it. Neither waits for the other; if only one
     * of them applies the write, the mark stays open.
     */
    private void ask() {
        List<IndexWrite> leaderWrites = new ArrayList<>(items.size());
        List<IndexWrite> followerWrites = new ArrayList<>(items.size());
        List<Item> forwarded = new ArrayList<>(items.size());
        for (Item item : items) {
            IndexWrite toLeader = item.plan.leaderWrite(item.version());
            leaderWrites.add(toLeader);
            if (item.mark.isForwarded()) {
                // One object where both get the same, so that what a driver has made of it may serve twice.
                followerWrites.add(item.plan.isSameForBoth() ? toLeader : item.plan.followerWrite(item.version()));
                forwarded.add(item);
            }
        }
        if (!forwarded.isEmpty()) {
            forward(forwarded, followerWrites);
        }
        Branches.take(
                route.leader().index().write(leaderWrites, remaining()),
                (outcomes, never) -> guarded(() -> onLeaderAnswered(outcomes)));
    }

    private void onLeaderAnswered(List<Outcome> outcomes) {
        for (int i = 0; i < items.size(); i++) {
            items.get(i).leader = outcomes.get(i);
            rememberLeader(items.get(i), outcomes.get(i));
            if (items.get(i).leaderApplied()) {
                items.get(i).mark.applied();
            }
            forgetIfRefused(items.get(i), outcomes.get(i));
            freeIfWhole(items.get(i));
        }
        items.forEach(this::endIfAnswered);
        ackInThisPhase();
    }

    private void forgetIfRefused(Item item, Outcome outcome) {
        if (!item.leaderApplied() && !outcome.mayStillLand()) {
            writer.marks().refused(item.mark);
        }
    }

    /**
     * Frees a document that the leader lacked because it could not take it when it followed: from here on the leader says
     * again what there is of it, also if that is nothing (R29).
     */
    private void freeIfWhole(Item item) {
        Key key = item.plan.key();
        if (item.leaderApplied()
                && item.plan.isWhole()
                && writer.parked().isAbsentOn(route.leader().name(), key)) {
            writer.parked().unpark(key);
        }
    }

    /**
     * Forwards writes. In MIRRORING and REVERSED, if the follower's is the last answer, the call need not wait until
     * {@code ack_wait} is over.
     */
    private void forward(List<Item> forwarded, List<IndexWrite> writes) {
        CompletableFuture<List<Outcome>> answer = writer.mirror()
                .send(route.follower().index(), writes)
                .orElseGet(() -> CompletableFuture.completedFuture(
                        writes.stream().<Outcome>map(write -> NOT_SENT).toList()));
        Branches.take(answer, (outcomes, never) -> guarded(() -> onFollowerAnswered(forwarded, outcomes)));
    }

    private void onFollowerAnswered(List<Item> forwarded, List<Outcome> outcomes) {
        for (int i = 0; i < forwarded.size(); i++) {
            Item item = forwarded.get(i);
            item.mark.landsOnFollowerUntil(landedNanos(outcomes.get(i), route.follower()));
            item.follower = outcomes.get(i);
        }
        forwarded.forEach(this::endIfAnswered);
        if (!waitsForBoth && !route.phase().needsBoth() && items.stream().allMatch(Item::isAnswered)) {
            ackOnce();
        }
    }

    /**
     * Closes the mark if both indexes have the write (R8), and no older request for the key may land after it. In a
     * fleet another member may have sent one, so only the settle reconcile may close it (R15); when a migration begins,
     * this member may have, before there were marks, and it may have landed after this write's own. Otherwise the mark
     * ends and stays open; one that the journal had no room for only as long as its write may still land (R26).
     */
    private void endIfAnswered(Item item) {
        if (!item.isAnswered() || !item.ended.compareAndSet(false, true)) {
            return;
        }
        boolean isLast = item.mark.isAlone() && !route.fleet() && unmarkedHaveLanded;
        rememberFollower(item, isLast && item.bothApplied());
        if (item.bothApplied() && isLast) {
            writer.marks().close(item.mark);
            return;
        }
        if (overflown && settle(item).isZero()) {
            writer.marks().forget(item.mark);
            return;
        }
        writer.marks().end(item.mark, settle(item));
        if (item.bothApplied()) {
            item.onBoth.complete(null);
        }
        writer.onPending().run();
    }

    /**
     * Remembers what the leader holds now, as long as the mark is open: whoever finds the key at rest then knows that.
     * In a fleet others write as well, and nobody knows.
     */
    private void rememberLeader(Item item, Outcome outcome) {
        if (route.fleet()) {
            return;
        }
        Tail tail = writer.tails().of(route.leader().name());
        if (item.leaderApplied() && unmarkedHaveLanded && writer.marks().isLastWord(item.mark)) {
            item.rememberIn(tail);
        } else if (outcome.mayStillLand()) {
            tail.mayLandUntil(item.plan.key(), landedNanos(outcome, route.leader()));
        } else if (item.leaderApplied()) {
            tail.losesSight(item.plan.key(), item.mark.openedNanos());
        }
    }

    private long landedNanos(@Nullable Outcome outcome, Participant participant) {
        return writer.time().nanos() + settle(outcome, participant).toNanos();
    }

    /** As {@link #rememberLeader}; what the follower made of a write that is not on both is known to a reconcile only. */
    private void rememberFollower(Item item, boolean onBoth) {
        if (route.fleet() || !item.mark.isForwarded()) {
            return;
        }
        Tail tail = writer.tails().of(route.follower().name());
        if (onBoth) {
            item.rememberIn(tail);
        } else {
            tail.mayLandUntil(item.plan.key(), landedNanos(item.follower, route.follower()));
        }
    }

    /** How long a request whose outcome is unknown may still take effect (R6). */
    private Duration settle(Item item) {
        Duration leader = settle(item.leader, route.leader());
        Duration follower = settle(item.follower, route.follower());
        return leader.compareTo(follower) > 0 ? leader : follower;
    }

    private static Duration settle(@Nullable Outcome outcome, Participant participant) {
        return outcome != null && outcome.mayStillLand()
                ? participant.index().capabilities().unknownSettle()
                : Duration.ZERO;
    }

    /** Goes on when the leader has answered, in whichever way acks are given in this phase. */
    private void ackInThisPhase() {
        if (route.phase().needsBoth()) {
            ackWhenOnBoth();
        } else if (waitsForBoth) {
            ackWhenOnBoth();
            unlessFollowerRests();
        } else if (items.stream().allMatch(Item::isAnswered)) {
            ackOnce();
        } else {
            Time.Timer timer = writer.time().after(writer.mirror().settings().ackWait(), this::ackOnce);
            Branches.take(reply, (done, failed) -> timer.cancel());
        }
    }

    /**
     * Acks in MIRRORING and REVERSED: the leader has it, and the follower has it or it is durably pending. What the
     * leader has not applied is promised to nobody, and needs no durable mark.
     */
    private void ackOnce() {
        if (items.stream().anyMatch(item -> item.leader == null) || !acking.compareAndSet(false, true)) {
            return;
        }
        if (items.stream().allMatch(item -> item.bothApplied() || !item.leaderApplied())) {
            guarded(() -> reply.complete(results()));
        } else {
            syncAndAck();
        }
    }

    /**
     * Acks once the marks survive the end of the machine. If they may not, the write stands on the leader all the same,
     * so the caller is told that it may have been applied, not that it failed.
     */
    private void syncAndAck() {
        if (waitsForBoth) {
            items.stream()
                    .filter(Item::leaderApplied)
                    .forEach(item -> writer.marks().acked(item.mark));
        }
        Branches.take(writer.journal().sync(), (synced, failed) -> {
            if (failed == null) {
                guarded(() -> reply.complete(results()));
            } else {
                reply.completeExceptionally(new CallException(
                        CallException.Kind.UNKNOWN, "may have been applied: " + failed.getMessage(), failed));
            }
        });
    }

    /**
     * Acks in SEALED and SWITCHED (R23): both have it, or the step back makes being pending enough; else the outcome is
     * unknown. An ack for less would let a crossing move the reads to an index that lacks an acked write.
     */
    private void ackWhenOnBoth() {
        CompletableFuture<?>[] onBoth = items.stream()
                .filter(Item::leaderApplied)
                .map(item -> item.onBoth)
                .toArray(CompletableFuture[]::new);
        Branches.take(CompletableFuture.allOf(onBoth), (all, never) -> {
            if (acking.compareAndSet(false, true)) {
                guarded(() -> reply.complete(results()));
            }
        });
        Branches.take(route.successor(), (next, never) -> {
            if (!next.phase().needsBoth()) {
                ackOnce();
            }
        });
        Time.Timer timer = writer.time().after(remaining(), this::giveUpWaiting);
        Branches.take(reply, (done, failed) -> timer.cancel());
    }

    /**
     * Being pending is enough again once the breaker has opened: the leader answers still, and the follower must fail
     * nobody's call.
     */
    private void unlessFollowerRests() {
        Time.Timer timer = writer.time().after(writer.mirror().settings().deadline(), () -> {
            if (writer.mirror().seemsOpenForBusiness()) {
                unlessFollowerRests();
            } else {
                ackOnce();
            }
        });
        Branches.take(reply, (done, failed) -> timer.cancel());
    }

    private void giveUpWaiting() {
        if (acking.compareAndSet(false, true)) {
            reply.completeExceptionally(new CallException(
                    CallException.Kind.UNKNOWN,
                    "may have been applied: " + route.follower().name() + " did not confirm it in time"));
        }
    }

    private WriteReply.Follower follower(Item item) {
        if (overflown || !(item.onBoth.isDone() || item.bothApplied())) {
            return WriteReply.Follower.PENDING;
        }
        return writer.parked().isParked(item.plan.key()) ? WriteReply.Follower.PARKED : WriteReply.Follower.APPLIED;
    }

    private List<WriteReply.Result> results() {
        List<WriteReply.Result> results = new ArrayList<>(items.size());
        List<Outcome> outcomes = new ArrayList<>(items.size());
        for (Item item : items) {
            Outcome leader = item.leader;
            outcomes.add(leader == null ? new Outcome.Unknown("not answered") : leader);
            results.add(Results.of(item.plan, item.version(), item.leader, follower(item)));
        }
        return Results.failIfNothingIsKnown(route.leader().name(), isOver(), outcomes, results);
    }
}
