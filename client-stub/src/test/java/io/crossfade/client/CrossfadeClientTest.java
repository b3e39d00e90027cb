package io.crossfade.client;

import static io.crossfade.client.ScriptedVectorService.Step.fail;
import static io.crossfade.client.ScriptedVectorService.Step.reply;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.PreconditionFailure;
import io.crossfade.client.CrossfadeException.Violation;
import io.crossfade.v1.Blocker;
import io.crossfade.v1.Comparison;
import io.crossfade.v1.DeleteRequest;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.FetchResponse;
import io.crossfade.v1.QueryRequest;
import io.crossfade.v1.QueryResponse;
import io.crossfade.v1.StepBlocked;
import io.crossfade.v1.UpdateMetadataRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.WriteResponse;
import io.crossfade.v1.WriteResult.Follower;
import io.crossfade.v1.WriteResult.Leader;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CrossfadeClientTest {
    private final ScriptedVectorService service = new ScriptedVectorService();
    private final LocalServer server = new LocalServer(service);
    private final CrossfadeClient client = CrossfadeClient.connect(server.target());
    private final CrossfadeCollection products = client.collection("products");

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void document_survivesTheWayThereAndBack() throws Exception {
        Doc doc = Doc.of(new Key("tenant", "a"))
                .text("red shoe")
                .metadata("price", 3)
                .metadata(Map.of("big", Long.MAX_VALUE, "tags", List.of("x", true, 0.5), "of", Map.of("k", "v")))
                .metadata("gone", null)
                .vector("minilm", 1f, -2f)
                .vector(new Vector("image", "clip", new float[] {Float.MIN_VALUE}));
        service.then(reply(WriteResponse.getDefaultInstance()));
        products.upsert(doc);
        UpsertRequest sent = service.request(UpsertRequest.class);

        service.then(reply(FetchResponse.newBuilder()
                .addAllDocuments(sent.getDocumentsList())
                .build()));
        Doc read = requireNonNull(
                products.fetch(List.of(doc.key()), Part.TEXT, Part.VECTORS).get(doc.key()));

        assertThat(read.text()).hasValue("red shoe");
        assertThat(read.metadata())
                .containsEntry("price", 3L)
                .containsEntry("big", Long.MAX_VALUE)
                .containsEntry("tags", List.of("x", true, 0.5))
                .containsEntry("of", Map.of("k", "v"))
                .containsEntry("gone", null);
        assertThat(read.vectors()).extracting(Vector::field).containsExactly("", "image");
        assertThat(read.vectors()).extracting(Vector::space).containsExactly("minilm", "clip");
        assertThat(read.vectors().get(0).values()).containsExactly(1f, -2f);
        assertThat(read.vectors().get(1).values()).containsExactly(Float.MIN_VALUE);
        assertThat(service.request(FetchRequest.class).getInclude().getVectors())
                .isTrue();
    }

    @Test
    void query_sendsAVectorForEachSpaceAndTheFilter() throws Exception {
        service.then(
                reply(QueryResponse.newBuilder().setIndex("v1").setSpace("bge").build()));

        QueryResult result = products.query(Search.vector("minilm", 1f)
                .orVector("bge", 2f)
                .topK(3)
                .where(Filters.eq("brand", "acme").and(Filters.lt("price", 9).not())));

        QueryRequest sent = service.request(QueryRequest.class);
        assertThat(sent.getCollection()).isEqualTo("products");
        assertThat(sent.getVectorsList())
                .extracting(vector -> vector.getSpace())
                .containsExactly("minilm", "bge");
        assertThat(sent.getTopK()).isEqualTo(3);
        assertThat(sent.getFilter().getAnd().getFilters(0).getComparison().getOperator())
                .isEqualTo(Comparison.Operator.OPERATOR_EQ);
        assertThat(sent.getFilter()
                        .getAnd()
                        .getFilters(1)
                        .getNot()
                        .getComparison()
                        .getValues(0)
                        .getInt64Value())
                .isEqualTo(9);
        assertThat(result).isEqualTo(new QueryResult(List.of(), "v1", "bge", 0));
    }

    @Test
    void writeResults_comeTypedAndInOrder() {
        service.then(reply(WriteResponse.newBuilder()
                .setEpoch(7)
                .addResults(result("a", Leader.LEADER_APPLIED).setFollower(Follower.FOLLOWER_PENDING))
                .addResults(result("b", Leader.LEADER_UNKNOWN).setError("engine: no answer"))
                .build()));

        WriteResults results = products.delete("a", "b");

        assertThat(results.epoch()).isEqualTo(7);
        assertThat(results.results())
                .containsExactly(
                        new WriteResult(
                                Key.of("a"), 0, WriteResult.Leader.APPLIED, WriteResult.Follower.PENDING, "", false),
                        new WriteResult(
                                Key.of("b"),
                                0,
                                WriteResult.Leader.UNKNOWN,
                                WriteResult.Follower.NONE,
                                "engine: no answer",
                                false));
        assertThatThrownBy(results::requireApplied)
                .isInstanceOf(CrossfadeException.class)
                .hasMessageContaining("b: UNKNOWN engine: no answer");
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED", "CANCELLED"})
    void transientFailure_writeIsRepeatedWithItsWriteId(Status.Code code) throws Exception {
        service.then(fail(code.toStatus().asException()))
                .then(fail(code.toStatus().asException()))
                .then(reply(WriteResponse.getDefaultInstance()));

        products.updateMetadata("a", Patch.set("price", 4).andRemove("sale"));

        List<String> writeIds = List.of(
                service.request(UpdateMetadataRequest.class).getWriteId(),
                service.request(UpdateMetadataRequest.class).getWriteId(),
                service.request(UpdateMetadataRequest.class).getWriteId());
        assertThat(writeIds.get(0)).isNotEmpty();
        assertThat(writeIds).containsOnly(writeIds.get(0));
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {
                "INVALID_ARGUMENT",
                "UNKNOWN",
                "NOT_FOUND",
                "FAILED_PRECONDITION",
                "ABORTED",
                "INTERNAL",
                "UNIMPLEMENTED"
            })
    void lastingFailure_isReportedAtOnce(Status.Code code) {
        service.then(fail(code.toStatus().withDescription("why").asException()));

        CrossfadeException failure =
                catchThrowableOfType(CrossfadeException.class, () -> products.query(Search.text("x")));

        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure).hasMessage(code + ": why");
        assertThat(service.requests).hasSize(1);
    }

    @Test
    void hungAttempt_isRepeatedWithinTheDeadline() throws Exception {
        service.then(ScriptedVectorService.Step.HANG).then(reply(WriteResponse.getDefaultInstance()));

        products.withTimeout(Duration.ofSeconds(6)).delete("a");

        assertThat(service.request(DeleteRequest.class).getWriteId())
                .isEqualTo(service.request(DeleteRequest.class).getWriteId());
    }

    @Test
    void noAnswerInTime_failsAsDeadlineAndMayBeApplied() {
        CrossfadeException failure = catchThrowableOfType(
                CrossfadeException.class,
                () -> products.withTimeout(Duration.ofMillis(50)).delete("a"));

        assertThat(failure.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(failure.mayBeApplied()).isTrue();
    }

    @Test
    void outOfTime_saysWhatAnEarlierAttemptWasTold() {
        service.then(fail(Status.UNAVAILABLE.withDescription("disk full").asException()))
                .then(ScriptedVectorService.Step.HANG);

        CrossfadeException failure = catchThrowableOfType(
                CrossfadeException.class,
                () -> products.withTimeout(Duration.ofMillis(500)).delete("a"));

        assertThat(failure.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(failure).hasMessageEndingWith("; an attempt before it: UNAVAILABLE: disk full");
    }

    @Test
    void cancelledFuture_cancelsTheCall() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch received = new CountDownLatch(1);
        service.then(observer -> {
            ((ServerCallStreamObserver<?>) (Object) observer).setOnCancelHandler(cancelled::countDown);
            received.countDown();
        });

        CompletableFuture<QueryResult> call = products.async().query(Search.text("x"));
        received.await();
        call.cancel(true);

        cancelled.await();
        assertThat(service.requests).hasSize(1);
    }

    @Test
    void detailsOfAnError_arriveTyped() {
        Blocker blocker = Blocker.newBuilder()
                .setCode(Blocker.Code.CODE_PARKED)
                .setDetail("3 documents")
                .setMember("pod-1")
                .build();
        service.then(fail(error(
                wrong(), unmet(), StepBlocked.newBuilder().addBlockers(blocker).build())));

        CrossfadeException failure = catchThrowableOfType(CrossfadeException.class, () -> products.upsert(Doc.of("a")));

        assertThat(failure.violations())
                .containsExactly(
                        new Violation("documents[3].vectors[0]", "383 dimensions (expected: 384)"),
                        new Violation("documents[4]", "no vector of space bge"));
        assertThat(failure.blockers()).containsExactly(blocker);
    }

    private static BadRequest wrong() {
        return BadRequest.newBuilder()
                .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                        .setField("documents[3].vectors[0]")
                        .setDescription("383 dimensions (expected: 384)"))
                .build();
    }

    private static PreconditionFailure unmet() {
        return PreconditionFailure.newBuilder()
                .addViolations(PreconditionFailure.Violation.newBuilder()
                        .setSubject("documents[4]")
                        .setDescription("no vector of space bge"))
                .build();
    }

    private static StatusException error(Message... details) {
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder().setCode(Status.Code.INVALID_ARGUMENT.value());
        for (Message detail : details) {
            status.addDetails(Any.pack(detail));
        }
        return StatusProto.toStatusException(status.build());
    }

    @Test
    void tooLargeRequest_isRefusedBeforeItIsSent() {
        Doc large = Doc.of("a").text("x".repeat(Connection.MAX_MESSAGE_BYTES));

        assertThatThrownBy(() -> products.upsert(large)).hasMessageContaining("(expected: at most 33554432)");
        assertThat(service.requests).isEmpty();
    }

    @Test
    void closedClient_endsTheCallThatIsBeingRepeated() {
        CountDownLatch refused = new CountDownLatch(3);
        for (int i = 0; i < 100; i++) {
            service.then(observer -> {
                refused.countDown();
                observer.onError(Status.UNAVAILABLE.asException());
            });
        }
        CompletableFuture<WriteResults> call = products.async().delete("a");

        assertThatThrownBy(() -> {
                    refused.await();
                    client.close();
                    call.get();
                })
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CrossfadeException.class);
    }

    private static io.crossfade.v1.WriteResult.Builder result(String id, Leader leader) {
        return io.crossfade.v1.WriteResult.newBuilder()
                .setKey(ScriptedVectorService.key(id))
                .setLeader(leader);
    }
}
