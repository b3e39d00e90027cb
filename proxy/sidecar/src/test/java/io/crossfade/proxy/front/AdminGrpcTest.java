package io.crossfade.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.front.admin.AdminGrpc;
import io.crossfade.proxy.time.SystemTime;
import io.crossfade.v1.AbortRequest;
import io.crossfade.v1.AdminServiceGrpc;
import io.crossfade.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.CleanIndexRequest;
import io.crossfade.v1.CleanProgress;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.CompleteRequest;
import io.crossfade.v1.Difference;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.GetBreakerRequest;
import io.crossfade.v1.GetStatusRequest;
import io.crossfade.v1.Key;
import io.crossfade.v1.KeyVersion;
import io.crossfade.v1.ListCollectionsRequest;
import io.crossfade.v1.ListParkedRequest;
import io.crossfade.v1.ListPendingRequest;
import io.crossfade.v1.ListPendingResponse;
import io.crossfade.v1.MemberStatus;
import io.crossfade.v1.PauseBackfillRequest;
import io.crossfade.v1.PendingKey;
import io.crossfade.v1.Phase;
import io.crossfade.v1.ReconcileRequest;
import io.crossfade.v1.ReconcileResponse;
import io.crossfade.v1.RecoverProgress;
import io.crossfade.v1.RecoverRequest;
import io.crossfade.v1.ResetBreakerRequest;
import io.crossfade.v1.ResumeBackfillRequest;
import io.crossfade.v1.RetryParkedRequest;
import io.crossfade.v1.RollbackRequest;
import io.crossfade.v1.SetPaceRequest;
import io.crossfade.v1.SetShadowReadsRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.StartMigrationRequest.Mode;
import io.crossfade.v1.StartMigrationResponse;
import io.crossfade.v1.StepBlocked;
import io.crossfade.v1.StepResponse;
import io.crossfade.v1.TripBreakerRequest;
import io.crossfade.v1.UnsettledDocument;
import io.crossfade.v1.VerifyProgress;
import io.crossfade.v1.VerifyRequest;
import io.crossfade.v1.WaiveParkedRequest;
import io.crossfade.v1.WatchMigrationRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdminGrpcTest {
    private static final String PRODUCTS = "products";

    private final ScriptedAdmin script = new ScriptedAdmin();
    private final SystemTime time = new SystemTime();
    private Fixture fixture;
    private ManagedChannel channel;
    private AdminServiceBlockingStub admin;

    @BeforeEach
    void start() throws Exception {
        fixture = new Fixture("127.0.0.1:0", 8, List.of(new AdminGrpc(script, time)));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", fixture.listeners.adminPort())
                .usePlaintext()
                .build();
        admin = AdminServiceGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        fixture.close();
        time.close();
    }

    @Test
    void status_tellsAll() {
        CollectionStatus status = admin.getStatus(
                GetStatusRequest.newBuilder().setCollection(PRODUCTS).build());

        assertThat(status.getPhase()).isEqualTo(Phase.PHASE_MIRRORING);
        assertThat(status.getSteppingTo()).isEqualTo(Phase.PHASE_SEALED);
        assertThat(status.getEpoch()).isEqualTo(7);
        assertThat(List.of(status.getPrimaryIndex(), status.getMigrationIndex(), status.getServingIndex()))
                .containsExactly("v1", "v2", "v1");
        assertThat(status.getBlockers(0).getCode()).isEqualTo(io.crossfade.v1.Blocker.Code.CODE_BACKFILL_INCOMPLETE);
        BackfillStatus backfill = status.getBackfill();
        assertThat(backfill.getState()).isEqualTo(BackfillStatus.State.STATE_RUNNING);
        assertThat(backfill.getCopied()).isEqualTo(40);
        assertThat(backfill.getEtaSeconds()).isEqualTo(3);
        assertThat(status.getMembersList()).extracting(MemberStatus::getMember).containsExactly("me", "other");
        MemberStatus me = status.getMembers(0);
        assertThat(me.getPendingKeys()).isEqualTo(11);
        assertThat(me.getDirtyRanges(0).getSince()).isEqualTo(99);
        assertThat(me.getBreaker().getState()).isEqualTo(BreakerStatus.State.STATE_OPEN);
        assertThat(status.getMembers(1).getAppliedEpoch()).isEqualTo(6);
        assertThat(status.getShadow().getServingScores().getP90()).isEqualTo(3);
        assertThat(status.getLastVerify().getCompared()).isEqualTo(100);
        assertThat(status.getLastVerify().getClean()).isFalse();
        assertThat(status.getLastVerify().getHalfway()).isEqualTo(40);
        assertThat(status.getLastVerify().getBeganUnixMs()).isEqualTo(1000);
        assertThat(admin.listCollections(ListCollectionsRequest.getDefaultInstance())
                        .getCollectionsList())
                .containsExactly(status);
    }

    @Test
    void moreIsCopiedThanThereWasAtTheBeginning_nobodyKnowsHowLongItTakes() {
        script.copied = 112;

        BackfillStatus backfill = admin.getStatus(
                        GetStatusRequest.newBuilder().setCollection(PRODUCTS).build())
                .getBackfill();
        assertThat(backfill.getCopied()).isEqualTo(112);
        assertThat(backfill.getTotal()).isEqualTo(100);
        assertThat(backfill.hasEtaSeconds()).isFalse();
    }

    @Test
    void nobodyKnowsYetHowFastItGoes_norHowLongItTakes() {
        script.rate = OptionalDouble.empty();

        BackfillStatus backfill = admin.getStatus(
                        GetStatusRequest.newBuilder().setCollection(PRODUCTS).build())
                .getBackfill();
        assertThat(backfill.hasDocumentsPerSecond()).isFalse();
        assertThat(backfill.hasEtaSeconds()).isFalse();
    }

    @Test
    void verifyComparesMoreThanWereCounted_endsWithHowManyThereAre() {
        script.total = 90;
        Iterator<VerifyProgress> stream =
                admin.verify(VerifyRequest.newBuilder().setCollection(PRODUCTS).build());

        VerifyProgress last = stream.next();
        assertThat(last.getDone()).isTrue();
        assertThat(last.getCompared()).isEqualTo(100);
        assertThat(last.getTotal()).isEqualTo(100);
    }

    @Test
    void unknownCollection_isNotFound() {
        assertThat(refusalOf(() -> admin.getStatus(
                                GetStatusRequest.newBuilder().setCollection("x").build()))
                        .getMessage())
                .isEqualTo("NOT_FOUND: collection: x (expected: one of [products])");
        assertThat(refusalOf(() -> admin.watchMigration(WatchMigrationRequest.newBuilder()
                                        .setCollection("x")
                                        .build())
                                .next())
                        .getMessage())
                .startsWith("NOT_FOUND");
        assertThat(refusalOf(() -> admin.verify(VerifyRequest.newBuilder()
                                        .setCollection("x")
                                        .build())
                                .next())
                        .getMessage())
                .startsWith("NOT_FOUND");
    }

    @Test
    void start_carriesItsRequestAndItsEstimate() {
        StartMigrationResponse response = admin.startMigration(StartMigrationRequest.newBuilder()
                .setCollection(PRODUCTS)
                .setToIndex("v2")
                .putModes("", Mode.MODE_EMBED)
                .setDryRun(true)
                .setExpectedEpoch(7)
                .build());

        assertThat(script.asked)
                .containsExactly(
                        "start StartRequest[toIndex=v2, modes={=EMBED}, dryRun=true, expectedEpoch=Optional[7]]");
        assertThat(response.getEstimate().getTokens()).isEqualTo(400);
        assertThat(response.getBlockers(0).getCode()).isEqualTo(io.crossfade.v1.Blocker.Code.CODE_INDEX_TAKEN);
        assertThat(refusalOf(() -> admin.startMigration(StartMigrationRequest.newBuilder()
                                .setCollection(PRODUCTS)
                                .build()))
                        .getMessage())
                .isEqualTo("INVALID_ARGUMENT: to_index: empty (expected: the name of an index)");
    }

    @Test
    void steps_carryTheirRequest() {
        StepResponse response = admin.flipRoute(FlipRouteRequest.newBuilder()
                .setCollection(PRODUCTS)
                .setDryRun(true)
                .setReason("monday")
                .build());
        admin.rollback(RollbackRequest.newBuilder()
                .setCollection(PRODUCTS)
                .setExpectedEpoch(8)
                .build());
        admin.complete(CompleteRequest.newBuilder().setCollection(PRODUCTS).build());
        admin.abort(AbortRequest.newBuilder().setCollection(PRODUCTS).build());

        assertThat(response.getPhase()).isEqualTo(Phase.PHASE_REVERSED);
        assertThat(response.getSeconds()).isEqualTo(1.5);
        assertThat(response.getHeldSeconds()).isEqualTo(0.25);
        assertThat(script.asked)
                .containsExactly(
                        "flip StepRequest[expectedEpoch=Optional.empty, dryRun=true, reason=monday, leavesBehind=false]",
                        "rollback StepRequest[expectedEpoch=Optional[8], dryRun=false, reason=, leavesBehind=false]",
                        "complete StepRequest[expectedEpoch=Optional.empty, dryRun=false, reason=, leavesBehind=false]",
                        "abort StepRequest[expectedEpoch=Optional.empty, dryRun=false, reason=, leavesBehind=false]");
    }

    @Test
    void blockedFlip_listsTheBlockers() throws Exception {
        script.refusal =
                Optional.of(CallException.blocked(List.of(Blocker.of(Blocker.Code.BACKFILL_INCOMPLETE, "40 of 100"))));

        StatusRuntimeException refusal = refusalOf(() -> admin.flipRoute(
                FlipRouteRequest.newBuilder().setCollection(PRODUCTS).build()));

        assertThat(refusal).hasMessage("FAILED_PRECONDITION: BACKFILL_INCOMPLETE: 40 of 100");
        assertThat(StatusProto.fromThrowable(refusal)
                        .getDetails(0)
                        .unpack(StepBlocked.class)
                        .getBlockers(0)
                        .getCode())
                .isEqualTo(io.crossfade.v1.Blocker.Code.CODE_BACKFILL_INCOMPLETE);
    }

    @Test
    void staleEpoch_isAborted_andOverLongReasonIsInvalid() {
        script.refusal = Optional.of(new CallException(CallException.Kind.ABORTED, "epoch: 7 (expected: 6)"));

        assertThat(refusalOf(() -> admin.rollback(
                        RollbackRequest.newBuilder().setCollection(PRODUCTS).build())))
                .hasMessage("ABORTED: epoch: 7 (expected: 6)");
        assertThat(refusalOf(() -> admin.abort(AbortRequest.newBuilder()
                        .setCollection(PRODUCTS)
                        .setReason("x".repeat(257))
                        .build())))
                .hasMessage("INVALID_ARGUMENT: reason: 257 bytes (expected: at most 256)");
    }

    @Test
    void verify_endsWithTheVerdict_andTheFirstHundredDifferences() {
        VerifyProgress last = VerifyProgress.getDefaultInstance();
        Iterator<VerifyProgress> stream = admin.verify(VerifyRequest.newBuilder()
                .setCollection(PRODUCTS)
                .setRepair(true)
                .build());
        while (stream.hasNext()) {
            last = stream.next();
        }

        assertThat(script.asked).containsExactly("verify true 0 false");
        assertThat(last.getDone()).isTrue();
        assertThat(last.getClean()).isFalse();
        assertThat(last.getTotal()).isEqualTo(100);
        assertThat(last.getCompared()).isEqualTo(100);
        assertThat(last.getDifferent()).isEqualTo(1);
        assertThat(last.getDifferencesList())
                .hasSize(100)
                .allMatch(difference -> difference.getKind() == Difference.Kind.KIND_STALE_VECTOR);
    }

    @Test
    void clean_streamsHowFarItHasCome() {
        List<CleanProgress> stream = new ArrayList<>();
        admin.cleanIndex(CleanIndexRequest.newBuilder()
                        .setCollection(PRODUCTS)
                        .setIndex("old")
                        .setDocumentsPerSecond(7)
                        .build())
                .forEachRemaining(stream::add);

        assertThat(script.asked).containsExactly("clean old 7.0");
        assertThat(stream.get(stream.size() - 1))
                .isEqualTo(CleanProgress.newBuilder()
                        .setDocuments(3)
                        .setCleaned(2)
                        .setLeft(1)
                        .setDone(true)
                        .build());
    }

    @Test
    void recover_namesWhatIsUnsettled_once() {
        List<UnsettledDocument> named = new ArrayList<>();
        RecoverProgress last = RecoverProgress.getDefaultInstance();
        Iterator<RecoverProgress> stream = admin.recover(
                RecoverRequest.newBuilder().setCollection(PRODUCTS).build());
        while (stream.hasNext()) {
            last = stream.next();
            named.addAll(last.getUnsettledDocumentsList());
        }
        assertThat(last.getDone()).isTrue();
        assertThat(last.getUnsettled()).isEqualTo(1);
        assertThat(named).singleElement().satisfies(document -> {
            assertThat(document.getKey().getId()).isEqualTo("torn");
            assertThat(document.getReason()).isEqualTo("updated on an older copy");
        });
    }

    @Test
    void verifyThatIsRefused_saysWhy() {
        script.refusal = Optional.of(new CallException(CallException.Kind.PRECONDITION, "a verify is running already"));

        assertThat(refusalOf(() -> admin.verify(VerifyRequest.newBuilder()
                                .setCollection(PRODUCTS)
                                .build())
                        .next()))
                .hasMessage("FAILED_PRECONDITION: a verify is running already");
    }

    @Test
    void watch_tellsTheStatusNowAndWhenItChanges() {
        Iterator<CollectionStatus> statuses = admin.watchMigration(WatchMigrationRequest.newBuilder()
                .setCollection(PRODUCTS)
                .setIntervalMs(100)
                .build());
        assertThat(statuses.next().getBackfill().getCopied()).isEqualTo(40);

        script.copied = 50;

        assertThat(statuses.next().getBackfill().getCopied()).isEqualTo(50);
        assertThat(refusalOf(() -> admin.watchMigration(WatchMigrationRequest.newBuilder()
                                .setCollection(PRODUCTS)
                                .setIntervalMs(99)
                                .build())
                        .next()))
                .hasMessage("INVALID_ARGUMENT: interval_ms: 99 (expected: at least 100)");
    }

    @Test
    void listsAndRepairs_carryTheirKeys() {
        Key key = Key.newBuilder().setId("a").build();
        ReconcileResponse reconciled = admin.reconcile(ReconcileRequest.newBuilder()
                .setCollection(PRODUCTS)
                .addKeys(key)
                .build());
        assertThat(reconciled.getPending()).isEqualTo(7);
        ListPendingResponse pending = admin.listPending(
                ListPendingRequest.newBuilder().setCollection(PRODUCTS).build());
        assertThat(pending.getTotal()).isEqualTo(11);
        assertThat(pending.getPending(0).getCause()).isEqualTo(PendingKey.Cause.CAUSE_WRITE);
        assertThat(pending.getPending(0).getUnsettledSeconds()).isEqualTo(2.5);
        assertThat(admin.listParked(ListParkedRequest.newBuilder()
                                .setCollection(PRODUCTS)
                                .setLimit(5)
                                .build())
                        .getParked(0)
                        .getVersion())
                .isEqualTo(-3);
        admin.retryParked(
                RetryParkedRequest.newBuilder().setCollection(PRODUCTS).build());
        admin.waiveParked(WaiveParkedRequest.newBuilder()
                .setCollection(PRODUCTS)
                .addDocuments(KeyVersion.newBuilder().setKey(key).setVersion(3))
                .build());

        assertThat(script.asked).containsExactly("reconcile [a]", "pending 100", "parked 5", "retry []", "waive {a=3}");
        assertThat(refusalOf(() -> admin.reconcile(
                        ReconcileRequest.newBuilder().setCollection(PRODUCTS).build())))
                .hasMessage("INVALID_ARGUMENT: keys: 0 (expected: 1 to 1000)");
        assertThat(refusalOf(() -> admin.listPending(ListPendingRequest.newBuilder()
                        .setCollection(PRODUCTS)
                        .setLimit(1001)
                        .build())))
                .hasMessage("INVALID_ARGUMENT: limit: 1001 (expected: at most 1000)");
    }

    @Test
    void levers_areMovedAndAnswerWithTheState() {
        admin.pauseBackfill(
                PauseBackfillRequest.newBuilder().setCollection(PRODUCTS).build());
        admin.resumeBackfill(
                ResumeBackfillRequest.newBuilder().setCollection(PRODUCTS).build());
        admin.setPace(SetPaceRequest.newBuilder()
                .setCollection(PRODUCTS)
                .setDocumentsPerSecond(50)
                .build());
        admin.setShadowReads(SetShadowReadsRequest.newBuilder()
                .setCollection(PRODUCTS)
                .setShare(0.5)
                .build());
        admin.tripBreaker(
                TripBreakerRequest.newBuilder().setCollection(PRODUCTS).build());
        admin.resetBreaker(
                ResetBreakerRequest.newBuilder().setCollection(PRODUCTS).build());

        assertThat(admin.getBreaker(GetBreakerRequest.newBuilder()
                                .setCollection(PRODUCTS)
                                .build())
                        .getRejected())
                .isEqualTo(42);
        assertThat(script.asked)
                .containsExactly("pause true", "pause false", "pace 50.0", "shadow 0.5", "trip", "reset");
    }

    private static StatusRuntimeException refusalOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }
}
