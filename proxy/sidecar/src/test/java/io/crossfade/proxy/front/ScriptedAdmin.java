package io.crossfade.proxy.front;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.migration.admin.Admins;
import io.crossfade.proxy.migration.admin.Cleaned;
import io.crossfade.proxy.migration.admin.Cleaning;
import io.crossfade.proxy.migration.admin.Estimate;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.identity.Looks;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.migration.recover.Recovered;
import io.crossfade.proxy.migration.recover.Recovery;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.migration.verify.Verifier;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.proxy.write.journal.DirtyRange;
import io.crossfade.proxy.write.journal.MarkRecord;
import io.crossfade.proxy.write.journal.ParkedRecord;
import io.crossfade.proxy.write.journal.Pending;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A migration that stands still at one point: remembers what it was asked, and answers what it was told to. */
final class ScriptedAdmin implements Admin, Admins {
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile long copied = 40;
    volatile long total = 100;
    volatile OptionalDouble rate = OptionalDouble.of(20);
    volatile Optional<CallException> refusal = Optional.empty();

    @Override
    public Admin get(String collection) {
        if (!collection.equals("products")) {
            throw new CallException(
                    CallException.Kind.NOT_FOUND, "collection: " + collection + " (expected: one of [products])");
        }
        return this;
    }

    @Override
    public List<String> names() {
        return List.of("products");
    }

    @Override
    public CompletableFuture<Status> status() {
        CollectionState state = new CollectionState(
                7,
                Phase.MIRRORING,
                "v1",
                "v2",
                3,
                new CollectionState.Step(3, Phase.SEALED, null, 0, "why", false, Map.of()),
                Map.of("me", new CollectionState.Member(7, 0, 1), "other", new CollectionState.Member(6, 0, 2)),
                5,
                Map.of(),
                Map.of(),
                List.of(),
                0,
                0);
        CopyProgress progress = CopyProgress.awaited(5, 50).begin().total(total).reached("c", copied, false);
        return CompletableFuture.completedFuture(new Status(
                "products",
                state,
                Optional.of(progress),
                Optional.empty(),
                rate,
                50,
                Optional.of(verdict()),
                new ShadowReads.Report(0.5, 9, 0.8, 0.7, 1, 2, new double[] {1, 2, 3}, new double[0], 4, 5),
                new Status.Local(
                        "me",
                        7,
                        11,
                        1.5,
                        2,
                        2,
                        4096,
                        Optional.of(new DirtyRange(99, "lost")),
                        breaker(),
                        1,
                        Status.Held.NONE,
                        Looks.Report.NONE),
                List.of(new Blocker(Blocker.Code.BACKFILL_INCOMPLETE, copied + " of 100", "me"))));
    }

    private static VerifyState verdict() {
        return VerifyState.none(5)
                .ended(new VerifyState.Verdict(100, 1, 0, 3, 1000, 0, 0))
                .halfway(new VerifyState.Halfway(
                        7, false, VerifyState.Side.LEADER, "c", 0, new VerifyState.Verdict(40, 0, 0, 0, 2000, 0, 0)));
    }

    @Override
    public CompletableFuture<Started> start(StartRequest request) {
        return answer(
                "start " + request,
                new Started(
                        7,
                        Optional.of(new Estimate(100, 5, 400, 2.5, 50)),
                        List.of(Blocker.of(Blocker.Code.INDEX_TAKEN, "detail"))));
    }

    @Override
    public CompletableFuture<Void> pauseBackfill(boolean paused) {
        asked.add("pause " + paused);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> setPace(double documentsPerSecond) {
        asked.add("pace " + documentsPerSecond);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<VerifyState> verify(
            boolean repair, long removals, boolean restart, Verifier.Listener listener) {
        listener.compared(60);
        for (int i = 0; i < 150; i++) {
            listener.found(new Difference(Key.of("k" + i), Difference.Kind.STALE_VECTOR, "old text"));
        }
        return answer("verify " + repair + " " + removals + " " + restart, verdict());
    }

    @Override
    public CompletableFuture<Recovered> recover(boolean dryRun, boolean removes, Recovery.Listener listener) {
        listener.unsettled(Key.of("torn"), "updated on an older copy");
        listener.reached(new Recovered(1, 0, 0, 0, 0));
        return answer("recover " + dryRun + " " + removes, new Recovered(5, 4, 3, 2, 1));
    }

    @Override
    public CompletableFuture<Void> accept(String index, String reason) {
        return answer("accept " + index + " " + reason, "").thenAccept(done -> {});
    }

    @Override
    public CompletableFuture<Cleaned> clean(String index, double documentsPerSecond, Cleaning.Listener listener) {
        listener.reached(new Cleaned(1, 0, 0));
        return answer("clean " + index + " " + documentsPerSecond, new Cleaned(3, 2, 1));
    }

    @Override
    public CompletableFuture<Reconciler.Result> reconcile(List<Key> keys) {
        return answer("reconcile " + keys, new Reconciler.Result(1, 2, 3, 4));
    }

    @Override
    public List<Pending> pending(int limit) {
        asked.add("pending " + limit);
        return List.of(
                new Pending(Key.of("a"), Long.MIN_VALUE / 4, 2, MarkRecord.Kind.WRITE, false, 2_500_000_000L, ""));
    }

    @Override
    public List<ParkedRecord> parked(int limit) {
        asked.add("parked " + limit);
        return List.of(new ParkedRecord(Key.of("a"), -3, "things-v2", "no text", true));
    }

    @Override
    public CompletableFuture<Integer> retryParked(List<Key> keys) {
        return answer("retry " + keys, 2);
    }

    @Override
    public CompletableFuture<Integer> waiveParked(Map<Key, Long> versions) {
        return answer("waive " + versions, 1);
    }

    @Override
    public void setShadowReads(double share) {
        asked.add("shadow " + share);
    }

    @Override
    public CompletableFuture<Stepped> flip(StepRequest request) {
        return stepped("flip " + request);
    }

    @Override
    public CompletableFuture<Stepped> rollback(StepRequest request) {
        return stepped("rollback " + request);
    }

    @Override
    public CompletableFuture<Stepped> complete(StepRequest request) {
        return stepped("complete " + request);
    }

    @Override
    public CompletableFuture<Stepped> abort(StepRequest request) {
        return stepped("abort " + request);
    }

    private CompletableFuture<Stepped> stepped(String question) {
        return answer(
                question, new Stepped(Phase.REVERSED, 10, List.of(), Duration.ofMillis(1500), Duration.ofMillis(250)));
    }

    private <T> CompletableFuture<T> answer(String question, T answer) {
        asked.add(question);
        return refusal.<CompletableFuture<T>>map(CompletableFuture::failedFuture)
                .orElseGet(() -> CompletableFuture.completedFuture(answer));
    }

    @Override
    public Status.Breaker breaker() {
        return new Status.Breaker(Status.Breaker.State.OPEN, 60, 10, 42, 1_000);
    }

    @Override
    public Status.Breaker tripBreaker() {
        asked.add("trip");
        return breaker();
    }

    @Override
    public Status.Breaker resetBreaker() {
        asked.add("reset");
        return breaker();
    }
}
