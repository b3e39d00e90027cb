package io.crossfade.proxy.cli;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.crossfade.v1.AdminServiceGrpc.AdminServiceImplBase;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.BackfillStatus.State;
import io.crossfade.v1.Blocker;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.GetBreakerRequest;
import io.crossfade.v1.GetStatusRequest;
import io.crossfade.v1.Key;
import io.crossfade.v1.ListPendingRequest;
import io.crossfade.v1.ListPendingResponse;
import io.crossfade.v1.MemberStatus;
import io.crossfade.v1.PendingKey;
import io.crossfade.v1.PendingKey.Cause;
import io.crossfade.v1.Phase;
import io.crossfade.v1.RollbackRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.StartMigrationResponse;
import io.crossfade.v1.StepBlocked;
import io.crossfade.v1.StepResponse;
import io.crossfade.v1.VerifyProgress;
import io.crossfade.v1.VerifyRequest;
import io.crossfade.v1.WaiveParkedRequest;
import io.crossfade.v1.WaiveParkedResponse;
import io.crossfade.v1.WatchMigrationRequest;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An admin listener on loopback that answers what a test wants it to. */
final class ScriptedAdmin extends AdminServiceImplBase implements AutoCloseable {
    static final CollectionStatus COPYING = status(State.STATE_RUNNING, 250);
    static final CollectionStatus COPIED = status(State.STATE_DONE, 1_000);

    final List<Message> requests = new CopyOnWriteArrayList<>();
    CollectionStatus status = COPYING;
    String refusal = "flip refused";
    private final Server server;
    private List<VerifyProgress> progress = new ArrayList<>();
    private Status.Code flip = Status.Code.OK;

    ScriptedAdmin() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    void willVerify(VerifyProgress... each) {
        progress = List.of(each);
    }

    void willAnswerFlip(Status.Code code) {
        flip = code;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<CollectionStatus> answer) {
        if (request.getCollection().equals("words")) {
            answer(request, answer, status);
        } else {
            answer.onError(Status.NOT_FOUND
                    .withDescription("collection: " + request.getCollection() + " (expected: words)")
                    .asRuntimeException());
        }
    }

    @Override
    public void startMigration(StartMigrationRequest request, StreamObserver<StartMigrationResponse> answer) {
        answer(request, answer, StartMigrationResponse.getDefaultInstance());
    }

    @Override
    public void listPending(ListPendingRequest request, StreamObserver<ListPendingResponse> answer) {
        answer(
                request,
                answer,
                ListPendingResponse.newBuilder()
                        .addPending(pending("a", Cause.CAUSE_WRITE).setRunning(true))
                        .addPending(pending("b", Cause.CAUSE_RECONCILE).setUnsettledSeconds(2.5))
                        .addPending(pending("c", Cause.CAUSE_RECONCILE))
                        .setTotal(3)
                        .build());
    }

    private static PendingKey.Builder pending(String id, Cause cause) {
        return PendingKey.newBuilder().setKey(Key.newBuilder().setId(id)).setCause(cause);
    }

    @Override
    public void watchMigration(WatchMigrationRequest request, StreamObserver<CollectionStatus> answer) {
        requests.add(request);
        answer.onNext(COPYING);
        answer.onNext(COPIED);
    }

    @Override
    public void verify(VerifyRequest request, StreamObserver<VerifyProgress> answer) {
        requests.add(request);
        progress.forEach(answer::onNext);
        answer.onCompleted();
    }

    @Override
    public void flipRoute(FlipRouteRequest request, StreamObserver<StepResponse> answer) {
        if (flip == Status.Code.OK) {
            answer(
                    request,
                    answer,
                    StepResponse.newBuilder()
                            .setPhase(Phase.PHASE_REVERSED)
                            .setEpoch(7)
                            .setSeconds(0.21)
                            .build());
        } else {
            answer.onError(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                    .setCode(flip.value())
                    .setMessage(refusal)
                    .addDetails(Any.pack(StepBlocked.newBuilder()
                            .addBlockers(Blocker.newBuilder()
                                    .setCode(Blocker.Code.CODE_BACKFILL_INCOMPLETE)
                                    .setDetail("250 of 1000 copied"))
                            .build()))
                    .build()));
        }
    }

    @Override
    public void rollback(RollbackRequest request, StreamObserver<StepResponse> answer) {
        answer.onError(new IllegalStateException("unexpected"));
    }

    @Override
    public void getBreaker(GetBreakerRequest request, StreamObserver<BreakerStatus> answer) {
        answer(
                request,
                answer,
                BreakerStatus.newBuilder()
                        .setState(BreakerStatus.State.STATE_OPEN)
                        .setFailureRate(100)
                        .build());
    }

    @Override
    public void waiveParked(WaiveParkedRequest request, StreamObserver<WaiveParkedResponse> answer) {
        answer(
                request,
                answer,
                WaiveParkedResponse.newBuilder()
                        .setWaived(request.getDocumentsCount())
                        .build());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private <T> void answer(Message request, StreamObserver<T> observer, T answer) {
        requests.add(request);
        observer.onNext(answer);
        observer.onCompleted();
    }

    private static CollectionStatus status(State state, long copied) {
        return CollectionStatus.newBuilder()
                .setCollection("words")
                .setPhase(Phase.PHASE_MIRRORING)
                .setEpoch(3)
                .setPrimaryIndex("words-v1")
                .setMigrationIndex("words-v2")
                .setServingIndex("words-v1")
                .setBackfill(BackfillStatus.newBuilder()
                        .setState(state)
                        .setCopied(copied)
                        .setTotal(1_000)
                        .setDocumentsPerSecond(125)
                        .setEtaSeconds(6))
                .addMembers(MemberStatus.newBuilder()
                        .setMember("sidecar-1")
                        .setAppliedEpoch(3)
                        .setPendingKeys(12)
                        .setBreaker(BreakerStatus.newBuilder().setState(BreakerStatus.State.STATE_CLOSED)))
                .build();
    }
}
