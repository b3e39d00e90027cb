package io.crossfade.proxy.migration.admin;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.migration.backfill.BackfillRuns;
import io.crossfade.proxy.migration.flip.Conditions;
import io.crossfade.proxy.migration.flip.Flips;
import io.crossfade.proxy.migration.identity.Looks;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.migration.recover.Recovered;
import io.crossfade.proxy.migration.recover.Recovery;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.migration.verify.Verifier;
import io.crossfade.proxy.migration.verify.VerifyRuns;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.route.WriteGate;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.journal.ParkedRecord;
import io.crossfade.proxy.write.journal.Pending;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin calls of one collection on one member. Nothing is decided here: a step is decided in the record that all
 * members share, so any of them may be asked, and of two admins that ask at once one wins.
 */
public final class CollectionAdmin implements Admin {
    private static final Logger LOG = LoggerFactory.getLogger(CollectionAdmin.class);

    private final Member member;
    private final BackfillRuns backfills;
    private final VerifyRuns verifies;
    private final Conditions conditions;
    private final Flips flips;
    private final MigrationStart starts;
    private final ShadowReads shadow;
    private final Time time;
    private final DoubtAdmin doubts;

    public CollectionAdmin(
            Member member,
            BackfillRuns backfills,
            VerifyRuns verifies,
            Conditions conditions,
            Flips flips,
            MigrationStart starts,
            ShadowReads shadow,
            DoubtAdmin doubts,
            Time time) {
        this.doubts = doubts;
        this.member = member;
        this.backfills = backfills;
        this.verifies = verifies;
        this.conditions = conditions;
        this.flips = flips;
        this.starts = starts;
        this.shadow = shadow;
        this.time = time;
    }

    @Override
    public CompletableFuture<Status> status() {
        return CompletableFuture.completedFuture(status(conditions.known()));
    }

    private Status status(List<Blocker> blockers) {
        Route route = member.current().get();
        return new Status(
                route.collection(),
                member.state(),
                backfills.progress(),
                backfills.problem(),
                backfills.documentsPerSecond(),
                backfills.pace(),
                verifies.verdicts(),
                shadow.report(),
                local(route),
                blockers);
    }

    private Status.Local local(Route route) {
        Migration migration = member.migration();
        long calls = route.callsUnderWay();
        String name = member.context().name();
        WriteGate gate = member.gate();
        Status.Held held = new Status.Held(gate.heldWrites(), gate.heldNanos() / 1e9, gate.releasedEarly());
        if (migration == null) {
            return new Status.Local(
                    name,
                    route.epoch(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    Optional.empty(),
                    Status.Breaker.NONE,
                    calls,
                    held,
                    Looks.Report.NONE);
        }
        return new Status.Local(
                name,
                route.epoch(),
                migration.marks().pendingKeys(),
                migration.marks().oldestNanos() / 1e9,
                migration.parked().count(),
                migration.parked().unwaived(),
                migration.journal().bytes(),
                migration.dirty().range(),
                breaker(),
                calls,
                held,
                migration.identities().looks().report());
    }

    @Override
    public CompletableFuture<Started> start(StartRequest request) {
        return starts.start(member, request);
    }

    @Override
    public CompletableFuture<Void> pauseBackfill(boolean paused) {
        return backfills.pause(paused);
    }

    @Override
    public CompletableFuture<Void> setPace(double documentsPerSecond) {
        return documentsPerSecond < 0 || Double.isNaN(documentsPerSecond)
                ? CompletableFuture.failedFuture(new CallException(
                        CallException.Kind.INVALID,
                        "documents_per_second: " + documentsPerSecond + " (expected: >= 0)"))
                : backfills.setPace(documentsPerSecond);
    }

    @Override
    public CompletableFuture<VerifyState> verify(
            boolean repair, long removals, boolean restart, Verifier.Listener listener) {
        doubts.requireSource(member.state());
        return verifies.verify(member, member.current().get(), repair, removals, restart, listener);
    }

    /**
     * Reconciles on the route of the moment, if there is one: while a step crosses, a reconcile could write past the
     * drain (R24).
     */
    @Override
    public CompletableFuture<Reconciler.Result> reconcile(List<Key> keys) {
        Migration migration = migration();
        Optional<Route.Paired> route = migration.reconcilable();
        if (route.isEmpty()) {
            throw new CallException(
                    CallException.Kind.PRECONDITION,
                    "nothing can be reconciled while the route is changing, or before the backfill has begun; try again");
        }
        return migration.reconciler().reconcile(route.get(), keys, Embedder.Use.REPLAY);
    }

    private Migration migration() {
        Migration migration = member.migration();
        if (migration == null) {
            throw new CallException(
                    CallException.Kind.PRECONDITION,
                    "phase: " + member.current().get().phase() + " (expected: a migration)");
        }
        return migration;
    }

    @Override
    public List<Pending> pending(int limit) {
        return migration().marks().list(limit);
    }

    @Override
    public List<ParkedRecord> parked(int limit) {
        return migration().parked().list(limit);
    }

    /** Reconciles parked documents: a reconcile that succeeds frees a document, and one that cannot parks it again. */
    @Override
    public CompletableFuture<Integer> retryParked(List<Key> keys) {
        List<Key> wanted = keys.isEmpty()
                ? migration().parked().list(Integer.MAX_VALUE).stream()
                        .map(ParkedRecord::key)
                        .toList()
                : keys.stream().filter(migration().parked()::isParked).toList();
        return wanted.isEmpty()
                ? CompletableFuture.completedFuture(0)
                : reconcile(wanted).thenApply(result -> wanted.size());
    }

    @Override
    public CompletableFuture<Integer> waiveParked(Map<Key, Long> versions) {
        List<CompletableFuture<Boolean>> waived = new ArrayList<>();
        versions.forEach((key, version) -> waived.add(migration().parked().waive(key, version)));
        return CompletableFuture.allOf(waived.toArray(CompletableFuture[]::new)).thenApply(done ->
                (int) waived.stream().filter(CompletableFuture::join).count());
    }

    @Override
    public void setShadowReads(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new CallException(CallException.Kind.INVALID, "share: " + share + " (expected: 0 to 1)");
        }
        shadow.setShare(share);
    }

    @Override
    public CompletableFuture<Stepped> flip(StepRequest request) {
        return gated(Phase.MIRRORING, request, epoch -> flips.forward(epoch, request.reason()));
    }

    @Override
    public CompletableFuture<Stepped> rollback(StepRequest request) {
        return gated(Phase.REVERSED, request, epoch -> flips.backward(epoch, request.reason(), request.leavesBehind()));
    }

    /**
     * Walks if nothing is in the way. The blockers are those that this member knows of; others object when they are
     * asked to agree to the crossing, where each must have drained. The state is taken before the probe: if it moves
     * while the follower is asked, this is a race that is lost, whatever the probe has met.
     */
    private CompletableFuture<Stepped> gated(
            Phase from, StepRequest request, Function<Optional<Long>, CompletableFuture<CollectionState>> walk) {
        CollectionState state = member.state();
        require(state, from, request);
        return conditions.probed().thenCompose(blockers -> {
            if (request.dryRun()) {
                return CompletableFuture.completedFuture(
                        new Stepped(state.phase(), state.epoch(), blockers, Duration.ZERO, Duration.ZERO));
            }
            List<Blocker> inTheWay = request.leavesBehind() ? withoutWhatIsLeftBehind(blockers) : blockers;
            Stepper.requireEpoch(member.state(), Optional.of(state.epoch()));
            return inTheWay.isEmpty()
                    ? timed(() -> walk.apply(epoch(request, state)))
                    : CompletableFuture.failedFuture(CallException.blocked(inTheWay));
        });
    }

    /** Drops, and logs, what says no more than that the index to which the reads go back lacks acked writes. */
    private List<Blocker> withoutWhatIsLeftBehind(List<Blocker> blockers) {
        List<Blocker> left = blockers.stream()
                .filter(blocker -> blocker.code().isAboutWritesLeftBehind())
                .toList();
        if (!left.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("collection", member.context().collection())
                    .addKeyValue("epoch", member.state().epoch())
                    .log("reads go back although acked writes are left behind: {}", left);
        }
        return blockers.stream().filter(blocker -> !left.contains(blocker)).toList();
    }

    /** What was checked must be what is stepped: without a wish of the caller, the epoch of this moment is expected. */
    private static Optional<Long> epoch(StepRequest request, CollectionState state) {
        return Optional.of(request.expectedEpoch().orElse(state.epoch()));
    }

    /**
     * Checks the epoch first: of two admins that race, the second learns that the route has moved, whatever else it
     * would meet.
     */
    private static void require(CollectionState state, Phase from, StepRequest request) {
        Stepper.requireEpoch(state, request.expectedEpoch());
        if (state.phase() != from) {
            throw new CallException(
                    CallException.Kind.PRECONDITION, "phase: " + state.phase() + " (expected: " + from + ")");
        }
    }

    /**
     * Measures a walk. How long writes were held is what this member has held; it counts all holds of the gate, so the
     * difference is that of the walk.
     */
    private CompletableFuture<Stepped> timed(Supplier<CompletableFuture<CollectionState>> walk) {
        long began = time.nanos();
        long heldBefore = member.gate().heldNanos();
        return walk.get()
                .thenApply(state -> new Stepped(
                        state.phase(),
                        state.epoch(),
                        List.of(),
                        Duration.ofNanos(time.nanos() - began),
                        Duration.ofNanos(member.gate().heldNanos() - heldBefore)));
    }

    /**
     * Ends the migration on the index that leads. No gate: that index decides every ack already, and the one that is
     * let go is left as it is. But it must not have the last copy of what the
     * other has lost.
     */
    @Override
    public CompletableFuture<Stepped> complete(StepRequest request) {
        CollectionState state = member.state();
        require(state, Phase.REVERSED, request);
        doubts.requireWholeLeader(state);
        return timed(() -> flips.end(Phase.REVERSED, state.serving(), epoch(request, state), request.reason()));
    }

    /**
     * Ends the migration on the primary. No gate: it has led all the time, and whatever the migration index lacks is of
     * no more interest. But it must not have the last copy of what the other has lost.
     */
    @Override
    public CompletableFuture<Stepped> abort(StepRequest request) {
        CollectionState state = member.state();
        require(state, Phase.MIRRORING, request);
        doubts.requireWholeLeader(state);
        return timed(() -> flips.end(Phase.MIRRORING, state.primary(), epoch(request, state), request.reason()));
    }

    @Override
    public CompletableFuture<Recovered> recover(boolean dryRun, boolean removes, Recovery.Listener listener) {
        return doubts.recover(dryRun, removes, listener);
    }

    @Override
    public CompletableFuture<Void> accept(String index, String reason) {
        return doubts.accept(index, reason);
    }

    @Override
    public CompletableFuture<Cleaned> clean(String index, double documentsPerSecond, Cleaning.Listener listener) {
        return Cleaning.run(member, index, documentsPerSecond, listener);
    }

    @Override
    public Status.Breaker breaker() {
        Migration migration = member.migration();
        if (migration == null) {
            return Status.Breaker.NONE;
        }
        CircuitBreaker breaker = migration.mirror().breaker();
        CircuitBreaker.Metrics metrics = breaker.getMetrics();
        return new Status.Breaker(
                state(breaker.getState()),
                Math.max(0, metrics.getFailureRate()),
                Math.max(0, metrics.getSlowCallRate()),
                metrics.getNumberOfNotPermittedCalls(),
                migration.mirror().sent());
    }

    private static Status.Breaker.State state(CircuitBreaker.State state) {
        return switch (state) {
            case CLOSED -> Status.Breaker.State.CLOSED;
            case OPEN -> Status.Breaker.State.OPEN;
            case HALF_OPEN -> Status.Breaker.State.HALF_OPEN;
            case FORCED_OPEN -> Status.Breaker.State.FORCED_OPEN;
            case DISABLED, METRICS_ONLY ->
                throw new IllegalStateException("breaker: " + state + " (expected: a state that guards the follower)");
        };
    }

    @Override
    public Status.Breaker tripBreaker() {
        migration().mirror().breaker().transitionToForcedOpenState();
        return breaker();
    }

    /** Closes the breaker, and wakes replay, which has rested while it was open. */
    @Override
    public Status.Breaker resetBreaker() {
        migration().mirror().breaker().reset();
        member.wakeReplay();
        return breaker();
    }
}
