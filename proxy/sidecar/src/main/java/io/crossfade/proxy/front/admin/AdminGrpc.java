package io.crossfade.proxy.front.admin;

import com.google.protobuf.ByteString;
import io.crossfade.proxy.front.api.BlockerWriter;
import io.crossfade.proxy.front.api.EnumWriter;
import io.crossfade.proxy.front.api.StatusWriter;
import io.crossfade.proxy.front.calls.CallRunner;
import io.crossfade.proxy.front.calls.CallsInFlight;
import io.crossfade.proxy.front.calls.StatusMapper;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.migration.admin.Admin.StepRequest;
import io.crossfade.proxy.migration.admin.Admins;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.proxy.write.journal.ParkedRecord;
import io.crossfade.proxy.write.journal.Pending;
import io.crossfade.v1.AbortRequest;
import io.crossfade.v1.AcceptIndexRequest;
import io.crossfade.v1.AdminServiceGrpc;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.CleanIndexRequest;
import io.crossfade.v1.CleanProgress;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.CompleteRequest;
import io.crossfade.v1.Estimate;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.GetBreakerRequest;
import io.crossfade.v1.GetStatusRequest;
import io.crossfade.v1.ListCollectionsRequest;
import io.crossfade.v1.ListCollectionsResponse;
import io.crossfade.v1.ListParkedRequest;
import io.crossfade.v1.ListParkedResponse;
import io.crossfade.v1.ListPendingRequest;
import io.crossfade.v1.ListPendingResponse;
import io.crossfade.v1.ParkedDocument;
import io.crossfade.v1.PauseBackfillRequest;
import io.crossfade.v1.PendingKey;
import io.crossfade.v1.ReconcileRequest;
import io.crossfade.v1.ReconcileResponse;
import io.crossfade.v1.RecoverProgress;
import io.crossfade.v1.RecoverRequest;
import io.crossfade.v1.ResetBreakerRequest;
import io.crossfade.v1.ResumeBackfillRequest;
import io.crossfade.v1.RetryParkedRequest;
import io.crossfade.v1.RetryParkedResponse;
import io.crossfade.v1.RollbackRequest;
import io.crossfade.v1.SetPaceRequest;
import io.crossfade.v1.SetShadowReadsRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.StartMigrationResponse;
import io.crossfade.v1.StepResponse;
import io.crossfade.v1.TripBreakerRequest;
import io.crossfade.v1.VerifyProgress;
import io.crossfade.v1.VerifyRequest;
import io.crossfade.v1.WaiveParkedRequest;
import io.crossfade.v1.WaiveParkedResponse;
import io.crossfade.v1.WatchMigrationRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The admin API over {@link Admins}. */
public final class AdminGrpc extends AdminServiceGrpc.AdminServiceImplBase {
    private static final int CALLS_IN_FLIGHT = 64;
    private static final Duration CALL_TIMEOUT = Duration.ofMinutes(1);

    private final Admins admins;
    private final Time time;
    private final CallRunner runner =
            new CallRunner(new CallsInFlight(CALLS_IN_FLIGHT), new StatusMapper(), CALL_TIMEOUT);

    public AdminGrpc(Admins admins, Time time) {
        this.admins = admins;
        this.time = time;
    }

    @Override
    public void listCollections(ListCollectionsRequest request, StreamObserver<ListCollectionsResponse> observer) {
        runner.answer(observer, timeout -> {
            List<CompletableFuture<Status>> statuses = admins.names().stream()
                    .map(name -> admins.get(name).status())
                    .toList();
            return CompletableFuture.allOf(statuses.toArray(CompletableFuture[]::new))
                    .thenApply(done -> {
                        ListCollectionsResponse.Builder message = ListCollectionsResponse.newBuilder();
                        statuses.forEach(status -> message.addCollections(StatusWriter.write(status.join())));
                        return message.build();
                    });
        });
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<CollectionStatus> observer) {
        status(observer, request.getCollection(), admin -> CompletableFuture.completedFuture(null));
    }

    /** Does something, then answers with what came of it. */
    private void status(
            StreamObserver<CollectionStatus> observer, String collection, Function<Admin, CompletableFuture<?>> work) {
        runner.answer(observer, timeout -> {
            Admin admin = admins.get(collection);
            return work.apply(admin).thenCompose(done -> admin.status()).thenApply(StatusWriter::write);
        });
    }

    @Override
    public void startMigration(StartMigrationRequest request, StreamObserver<StartMigrationResponse> observer) {
        runner.answer(
                observer,
                timeout -> admins.get(request.getCollection())
                        .start(AdminReader.start(request))
                        .thenApply(AdminGrpc::write));
    }

    private static StartMigrationResponse write(Admin.Started started) {
        StartMigrationResponse.Builder message = StartMigrationResponse.newBuilder()
                .setEpoch(started.epoch())
                .addAllBlockers(BlockerWriter.write(started.blockers()));
        started.estimate()
                .ifPresent(estimate -> message.setEstimate(Estimate.newBuilder()
                        .setDocuments(estimate.documents())
                        .setWithoutText(estimate.withoutText())
                        .setTokens(estimate.tokens())
                        .setSeconds(estimate.seconds())
                        .setSampled(estimate.sampled())));
        return message.build();
    }

    @Override
    public void watchMigration(WatchMigrationRequest request, StreamObserver<CollectionStatus> observer) {
        ServerCallStreamObserver<CollectionStatus> call = (ServerCallStreamObserver<CollectionStatus>) observer;
        try {
            Duration interval = Duration.ofMillis(AdminReader.intervalMillis(request.getIntervalMs()));
            new WatchStream(admins.get(request.getCollection()), interval, call, runner, time).start();
        } catch (RuntimeException e) {
            runner.fail(call, e);
        }
    }

    @Override
    public void pauseBackfill(PauseBackfillRequest request, StreamObserver<CollectionStatus> observer) {
        status(observer, request.getCollection(), admin -> admin.pauseBackfill(true));
    }

    @Override
    public void resumeBackfill(ResumeBackfillRequest request, StreamObserver<CollectionStatus> observer) {
        status(observer, request.getCollection(), admin -> admin.pauseBackfill(false));
    }

    @Override
    public void setPace(SetPaceRequest request, StreamObserver<CollectionStatus> observer) {
        status(observer, request.getCollection(), admin -> admin.setPace(request.getDocumentsPerSecond()));
    }

    @Override
    public void verify(VerifyRequest request, StreamObserver<VerifyProgress> observer) {
        ServerCallStreamObserver<VerifyProgress> call = (ServerCallStreamObserver<VerifyProgress>) observer;
        call.setOnCancelHandler(() -> {});
        try {
            Admin admin = admins.get(request.getCollection());
            Branches.take(
                    admin.status().thenCompose(status -> verify(admin, request, call, total(status))),
                    (done, failure) -> failUnlessCancelled(call, failure));
        } catch (RuntimeException e) {
            runner.fail(call, e);
        }
    }

    private CompletableFuture<Void> verify(
            Admin admin, VerifyRequest request, ServerCallStreamObserver<VerifyProgress> call, Optional<Long> total) {
        VerifyStream stream = new VerifyStream(new ProgressStream<>(call, time), total);
        return admin.verify(
                        request.getRepair(),
                        Integer.toUnsignedLong(request.getRemovals()),
                        request.getRestart(),
                        stream)
                .thenAccept(stream::end);
    }

    private static Optional<Long> total(Status status) {
        return status.backfill().map(progress -> progress.total());
    }

    @Override
    public void recover(RecoverRequest request, StreamObserver<RecoverProgress> observer) {
        ServerCallStreamObserver<RecoverProgress> call = (ServerCallStreamObserver<RecoverProgress>) observer;
        call.setOnCancelHandler(() -> {});
        RecoverStream stream = new RecoverStream(new ProgressStream<>(call, time));
        CompletableFuture<Void> recovered = CompletableFuture.completedFuture(request.getCollection())
                .thenCompose(name -> admins.get(name).recover(request.getDryRun(), request.getRemove(), stream))
                .thenAccept(stream::end);
        Branches.take(recovered, (done, failure) -> failUnlessCancelled(call, failure));
    }

    @Override
    public void cleanIndex(CleanIndexRequest request, StreamObserver<CleanProgress> observer) {
        ServerCallStreamObserver<CleanProgress> call = (ServerCallStreamObserver<CleanProgress>) observer;
        call.setOnCancelHandler(() -> {});
        CleanStream stream = new CleanStream(new ProgressStream<>(call, time));
        CompletableFuture<Void> cleaned = CompletableFuture.completedFuture(request.getCollection())
                .thenCompose(
                        name -> admins.get(name).clean(request.getIndex(), request.getDocumentsPerSecond(), stream))
                .thenAccept(stream::end);
        Branches.take(cleaned, (done, failure) -> failUnlessCancelled(call, failure));
    }

    private void failUnlessCancelled(ServerCallStreamObserver<?> call, @Nullable Throwable failure) {
        if (failure != null && !call.isCancelled()) {
            runner.fail(call, failure);
        }
    }

    @Override
    public void acceptIndex(AcceptIndexRequest request, StreamObserver<CollectionStatus> observer) {
        status(
                observer,
                request.getCollection(),
                admin -> admin.accept(request.getIndex(), AdminReader.reason(request.getReasonBytes())));
    }

    @Override
    public void reconcile(ReconcileRequest request, StreamObserver<ReconcileResponse> observer) {
        runner.answer(
                observer,
                timeout -> admins.get(request.getCollection())
                        .reconcile(AdminReader.keys(1, request.getKeysList()))
                        .thenApply(result -> ReconcileResponse.newBuilder()
                                .setReconciled(result.reconciled())
                                .setParked(result.parked())
                                .setPending(result.pending() + result.pendingNow())
                                .build()));
    }

    @Override
    public void listPending(ListPendingRequest request, StreamObserver<ListPendingResponse> observer) {
        runner.answer(observer, timeout -> {
            int limit = AdminReader.limit(request.getLimit());
            Admin admin = admins.get(request.getCollection());
            List<Pending> pending = admin.pending(limit);
            return admin.status().thenApply(status -> write(pending, status.local()));
        });
    }

    private ListPendingResponse write(List<Pending> pending, Status.Local local) {
        ListPendingResponse.Builder message = ListPendingResponse.newBuilder().setTotal(local.pendingKeys());
        for (Pending key : pending) {
            message.addPending(PendingKey.newBuilder()
                    .setKey(Documents.write(key.key()))
                    .setMember(local.member())
                    .setAgeSeconds(Math.max(0, time.nanos() - key.openedNanos()) / 1e9)
                    .setOpenMarks(key.openMarks())
                    .setCause(EnumWriter.write(key.kind()))
                    .setRunning(key.running())
                    .setUnsettledSeconds(key.unsettledNanos() / 1e9));
        }
        return message.build();
    }

    @Override
    public void listParked(ListParkedRequest request, StreamObserver<ListParkedResponse> observer) {
        runner.answer(observer, timeout -> {
            int limit = AdminReader.limit(request.getLimit());
            Admin admin = admins.get(request.getCollection());
            List<ParkedRecord> parked = admin.parked(limit);
            return admin.status().thenApply(status -> write(status.local(), parked));
        });
    }

    private static ListParkedResponse write(Status.Local local, List<ParkedRecord> parked) {
        ListParkedResponse.Builder message = ListParkedResponse.newBuilder().setTotal(local.parked());
        for (ParkedRecord document : parked) {
            message.addParked(ParkedDocument.newBuilder()
                    .setKey(Documents.write(document.key()))
                    .setVersion(document.version())
                    .setReason(document.reason())
                    .setMember(local.member())
                    .setWaived(document.waived())
                    .setIndex(document.index()));
        }
        return message.build();
    }

    @Override
    public void retryParked(RetryParkedRequest request, StreamObserver<RetryParkedResponse> observer) {
        runner.answer(
                observer,
                timeout -> admins.get(request.getCollection())
                        .retryParked(AdminReader.keys(0, request.getKeysList()))
                        .thenApply(retried -> RetryParkedResponse.newBuilder()
                                .setRetried(retried)
                                .build()));
    }

    @Override
    public void waiveParked(WaiveParkedRequest request, StreamObserver<WaiveParkedResponse> observer) {
        runner.answer(
                observer,
                timeout -> admins.get(request.getCollection())
                        .waiveParked(AdminReader.versions(request))
                        .thenApply(waived -> WaiveParkedResponse.newBuilder()
                                .setWaived(waived)
                                .build()));
    }

    @Override
    public void setShadowReads(SetShadowReadsRequest request, StreamObserver<CollectionStatus> observer) {
        status(observer, request.getCollection(), admin -> {
            admin.setShadowReads(request.getShare());
            return CompletableFuture.completedFuture(null);
        });
    }

    @Override
    public void flipRoute(FlipRouteRequest request, StreamObserver<StepResponse> observer) {
        Optional<Long> epoch = AdminReader.epoch(request.hasExpectedEpoch(), request.getExpectedEpoch());
        step(observer, request.getCollection(), epoch, request.getDryRun(), request.getReasonBytes(), Admin::flip);
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<StepResponse> observer) {
        runner.answer(
                observer,
                timeout -> admins.get(request.getCollection())
                        .rollback(AdminReader.rollback(request))
                        .thenApply(AdminGrpc::write));
    }

    @Override
    public void complete(CompleteRequest request, StreamObserver<StepResponse> observer) {
        Optional<Long> epoch = AdminReader.epoch(request.hasExpectedEpoch(), request.getExpectedEpoch());
        step(observer, request.getCollection(), epoch, false, request.getReasonBytes(), Admin::complete);
    }

    @Override
    public void abort(AbortRequest request, StreamObserver<StepResponse> observer) {
        Optional<Long> epoch = AdminReader.epoch(request.hasExpectedEpoch(), request.getExpectedEpoch());
        step(observer, request.getCollection(), epoch, false, request.getReasonBytes(), Admin::abort);
    }

    /** A step of a migration. */
    @FunctionalInterface
    private interface Step {
        CompletableFuture<Admin.Stepped> take(Admin admin, StepRequest request);
    }

    private void step(
            StreamObserver<StepResponse> observer,
            String collection,
            Optional<Long> expectedEpoch,
            boolean dryRun,
            ByteString reason,
            Step step) {
        runner.answer(
                observer,
                timeout -> step.take(admins.get(collection), AdminReader.step(expectedEpoch, dryRun, reason))
                        .thenApply(AdminGrpc::write));
    }

    private static StepResponse write(Admin.Stepped stepped) {
        return StepResponse.newBuilder()
                .setPhase(EnumWriter.write(stepped.phase()))
                .setEpoch(stepped.epoch())
                .addAllBlockers(BlockerWriter.write(stepped.blockers()))
                .setSeconds(stepped.took().toNanos() / 1e9)
                .setHeldSeconds(stepped.held().toNanos() / 1e9)
                .build();
    }

    @Override
    public void getBreaker(GetBreakerRequest request, StreamObserver<BreakerStatus> observer) {
        breaker(observer, request.getCollection(), Admin::breaker);
    }

    @Override
    public void tripBreaker(TripBreakerRequest request, StreamObserver<BreakerStatus> observer) {
        breaker(observer, request.getCollection(), Admin::tripBreaker);
    }

    @Override
    public void resetBreaker(ResetBreakerRequest request, StreamObserver<BreakerStatus> observer) {
        breaker(observer, request.getCollection(), Admin::resetBreaker);
    }

    private void breaker(
            StreamObserver<BreakerStatus> observer, String collection, Function<Admin, Status.Breaker> work) {
        runner.answer(
                observer,
                timeout -> CompletableFuture.completedFuture(StatusWriter.write(work.apply(admins.get(collection)))));
    }
}
