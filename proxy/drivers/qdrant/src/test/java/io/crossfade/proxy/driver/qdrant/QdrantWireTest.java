package io.crossfade.proxy.driver.qdrant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import io.grpc.Metadata;
import io.grpc.Status;
import io.qdrant.client.grpc.Collections.CollectionConfig;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.ListCollectionsResponse;
import io.qdrant.client.grpc.CollectionsGrpc;
import io.qdrant.client.grpc.Points.DeletePoints;
import io.qdrant.client.grpc.Points.GetResponse;
import io.qdrant.client.grpc.Points.PointsUpdateOperation.OperationCase;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.SetPayloadPoints;
import io.qdrant.client.grpc.Points.UpdateBatchPoints;
import io.qdrant.client.grpc.Points.UpdateBatchResponse;
import io.qdrant.client.grpc.Points.UpdateResult;
import io.qdrant.client.grpc.Points.UpdateStatus;
import io.qdrant.client.grpc.Points.UpsertPoints;
import io.qdrant.client.grpc.Points.WriteOrderingType;
import io.qdrant.client.grpc.PointsGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is sent, and what is made of each answer, against a server that answers as it is told. */
final class QdrantWireTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    private final SystemTime time = new SystemTime();
    private ScriptedServer server;
    private VectorIndex index;

    @BeforeEach
    void open() throws IOException {
        server = new ScriptedServer();
        index = server.connect(Map.of(), time);
        index.open().join();
    }

    @AfterEach
    void close() {
        index.close();
        server.close();
        time.close();
    }

    private static IndexWrite put(String id) {
        return new IndexWrite.Put(IndexFixture.document(id, Map.of(), IndexFixture.vector(1)));
    }

    private static IndexWrite patch(String id) {
        return new IndexWrite.PatchMetadata(Key.of(id), 1, MetadataPatch.set(Map.of("a", Value.of(1))));
    }

    private List<Outcome> write(IndexWrite... writes) {
        return index.write(List.of(writes), LONG).join();
    }

    @ParameterizedTest
    @EnumSource(UpdateStatus.class)
    void completedAlone_isApplied(UpdateStatus status) {
        if (status == UpdateStatus.UNRECOGNIZED) {
            return;
        }
        server.answer(PointsGrpc.getUpsertMethod(), ScriptedServer.status(status));
        server.answer(PointsGrpc.getSetPayloadMethod(), ScriptedServer.status(status));

        for (Outcome outcome : write(put("a"), patch("b"))) {
            if (status == UpdateStatus.Completed) {
                assertThat(outcome).isEqualTo(Outcome.APPLIED);
            } else {
                assertThat(outcome)
                        .isInstanceOf(Outcome.Unknown.class)
                        .asString()
                        .contains(status.toString());
            }
        }
        assertThat(server.requests(UpsertPoints.class)).allMatch(UpsertPoints::getWait);
        assertThat(server.requests(SetPayloadPoints.class)).allMatch(SetPayloadPoints::getWait);
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, REJECTED",
        "NOT_FOUND, FAILED",
        "RESOURCE_EXHAUSTED, FAILED",
        "UNAUTHENTICATED, FAILED",
        "PERMISSION_DENIED, FAILED",
        "UNIMPLEMENTED, FAILED",
        "UNAVAILABLE, UNKNOWN",
        "DEADLINE_EXCEEDED, UNKNOWN",
        "INTERNAL, UNKNOWN",
        "CANCELLED, UNKNOWN",
        "DATA_LOSS, UNKNOWN",
        "FAILED_PRECONDITION, UNKNOWN"
    })
    void aWriteThatWasSent_isUnknown_unlessTheCodeSaysThatNothingWasDone(Status.Code code, Outcome.Kind kind) {
        server.answer(PointsGrpc.getUpsertMethod(), code.toStatus().withDescription("said so"));
        server.answer(PointsGrpc.getSetPayloadMethod(), code.toStatus().withDescription("said so"));

        assertThat(write(put("a"), patch("b"))).allSatisfy(outcome -> {
            assertThat(outcome.kind()).isEqualTo(kind);
            assertThat(outcome.reason()).contains("said so");
        });
    }

    @Test
    void aPointThatIsMissing_isNotACollectionThatIs() {
        server.answer(
                PointsGrpc.getSetPayloadMethod(), Status.NOT_FOUND.withDescription("Not found: No point with id 7"));
        assertThat(write(patch("7"))).containsExactly(Outcome.NOT_FOUND);

        server.answer(
                PointsGrpc.getSetPayloadMethod(),
                Status.NOT_FOUND.withDescription("Not found: Collection `words` doesn't exist!"));
        assertThat(write(patch("7"))).singleElement().isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void aBadDocument_leavesTheGoodOnesOfItsBatchWritten() {
        server.answer(
                PointsGrpc.getUpsertMethod(),
                request -> request.getPointsList().stream()
                                .anyMatch(point -> PointIds.key(point.getId(), point.getPayloadMap())
                                        .id()
                                        .equals("bad"))
                        ? Status.INVALID_ARGUMENT.withDescription("bad")
                        : ScriptedServer.status(UpdateStatus.Completed));
        List<IndexWrite> writes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            writes.add(put(i == 13 ? "bad" : "id" + i));
        }

        List<Outcome> outcomes = write(writes.toArray(IndexWrite[]::new));
        for (int i = 0; i < 20; i++) {
            assertThat(outcomes.get(i).kind()).isEqualTo(i == 13 ? Outcome.Kind.REJECTED : Outcome.Kind.APPLIED);
        }
    }

    @Test
    void whatCanNeverBeTaken_isRejected_andNotSent() {
        List<Outcome> outcomes = write(
                new IndexWrite.Put(IndexFixture.document("a", Map.of("_cf_v", Value.of(1)), IndexFixture.vector(1))),
                new IndexWrite.Put(
                        IndexFixture.document("b", Map.of("page_content", Value.of("x")), IndexFixture.vector(1))),
                new IndexWrite.Put(
                        IndexFixture.document("c", Map.of("x", Value.of(Double.NaN)), IndexFixture.vector(1))),
                new IndexWrite.Put(IndexFixture.document("d", Map.of("x", nested(101)), IndexFixture.vector(1))),
                new IndexWrite.PatchMetadata(Key.of("e"), 1, MetadataPatch.set(Map.of("__id__", Value.of("f")))));

        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Rejected.class));
        assertThat(outcomes.stream().map(Outcome::reason))
                .containsExactly(
                        "metadata[\"_cf_v\"]: reserved (expected: a key that does not begin with _cf_ and is none of __id__, page_content)",
                        "metadata[\"page_content\"]: reserved (expected: a key that does not begin with _cf_ and is none of __id__, page_content)",
                        "metadata[\"x\"]: NaN (expected: finite)",
                        "metadata[\"x\"]: deeper (expected: nested at most 100 deep)",
                        "metadata[\"__id__\"]: reserved (expected: a key that does not begin with _cf_ and is none of __id__, page_content)");
        assertThat(server.requests(UpsertPoints.class)).isEmpty();
    }

    private static Value nested(int depth) {
        Value value = Value.of(1);
        for (int i = 1; i < depth; i++) {
            value = new Value.Items(List.of(value));
        }
        return value;
    }

    /** A message may hold 1 MiB here. */
    @Test
    void largeDocuments_goInSeveralMessages_andTooLargeOnesNotAtAll() throws IOException {
        server.answer(PointsGrpc.getUpsertMethod(), ScriptedServer.status(UpdateStatus.Completed));
        VectorIndex small = server.connect(Map.of("message_bytes", "1MiB"), time);
        small.open().join();
        List<IndexWrite> writes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Value large = Value.of("x".repeat(i == 5 ? 1 << 20 : 300_000));
            writes.add(new IndexWrite.Put(IndexFixture.document("id" + i, Map.of("x", large), IndexFixture.vector(1))));
        }

        List<Outcome> outcomes = small.write(writes, LONG).join();
        small.close();
        for (int i = 0; i < 8; i++) {
            assertThat(outcomes.get(i).kind()).isEqualTo(i == 5 ? Outcome.Kind.REJECTED : Outcome.Kind.APPLIED);
        }
        assertThat(outcomes.get(5).reason()).matches("document: \\d+ bytes \\(expected: at most \\d+\\)");
        assertThat(server.requests(UpsertPoints.class))
                .hasSize(3)
                .allMatch(request -> request.getSerializedSize() < 1 << 20);
    }

    /** A change of any shape, version included, is one operation: a null takes its key away. */
    @Test
    void aChangeOfMetadata_isOneOperation() {
        server.answer(PointsGrpc.getSetPayloadMethod(), ScriptedServer.status(UpdateStatus.Completed));
        MetadataPatch patch = new MetadataPatch(
                Map.of("set", Value.of(1), "null", new Value.Null(), "long", Value.of(0.1 + 0.2)),
                List.of("gone"),
                false);

        assertThat(write(new IndexWrite.PatchMetadata(Key.of("7"), (1L << 60) + 1, patch)))
                .containsExactly(Outcome.APPLIED);

        SetPayloadPoints sent = server.requests(SetPayloadPoints.class).get(0);
        assertThat(sent.getPayloadMap())
                .containsEntry("_cf_v", Values.of((1L << 60) + 1))
                .containsEntry("set", Values.of(1))
                .containsEntry("gone", Values.NULL)
                .containsEntry("null", Values.NULL)
                .containsEntry("_cf_n:null", Values.of(true))
                .containsEntry("_cf_n:gone", Values.NULL)
                .containsEntry("_cf_x:long", Values.of("3fd3333333333334"));
    }

    /** R34. */
    @Test
    void vectorsWithAChange_goFirst_andTheVersionLast() {
        server.answer(
                PointsGrpc.getUpdateBatchMethod(),
                UpdateBatchResponse.newBuilder()
                        .addResult(UpdateResult.newBuilder().setStatus(UpdateStatus.Completed))
                        .addResult(UpdateResult.newBuilder().setStatus(UpdateStatus.Completed))
                        .build());
        Stamp stamp = new Stamp(5, Map.of("title", "a:b"), Map.of("title", Stamp.FORGOTTEN));
        Map<String, Embedding> title = Map.of("title", Embedding.of(1, 2, 3, 4));

        assertThat(write(
                        new IndexWrite.PatchVectors(Key.of("7"), stamp, title),
                        new IndexWrite.PatchMetadata(Key.of("8"), stamp, MetadataPatch.NONE, title)))
                .containsOnly(Outcome.APPLIED);

        assertThat(server.requests(UpdateBatchPoints.class)).hasSize(2).allSatisfy(sent -> {
            assertThat(sent.getOperationsList())
                    .extracting(operation -> operation.getOperationCase())
                    .containsExactly(OperationCase.UPDATE_VECTORS, OperationCase.SET_PAYLOAD);
            assertThat(sent.getOperations(0).getUpdateVectors().getPointsCount())
                    .isEqualTo(1);
            assertThat(sent.getOperations(1).getSetPayload().getPayloadMap())
                    .containsEntry("_cf_v", Values.of(5))
                    .containsEntry("_cf_e:title", Values.of("a:b"))
                    .containsEntry("_cf_w:title", Values.NULL);
        });
    }

    @Test
    void severalOperations_ofWhichOneWasRefused_mayBeApplied() {
        server.answer(PointsGrpc.getUpdateBatchMethod(), Status.INVALID_ARGUMENT);
        IndexWrite patch =
                new IndexWrite.PatchVectors(Key.of("7"), Stamp.NONE, Map.of("title", Embedding.of(1, 2, 3, 4)));
        assertThat(write(patch)).singleElement().isInstanceOf(Outcome.Unknown.class);

        server.answer(
                PointsGrpc.getUpdateBatchMethod(),
                UpdateBatchResponse.newBuilder()
                        .addResult(UpdateResult.newBuilder().setStatus(UpdateStatus.Completed))
                        .build());
        assertThat(write(patch)).singleElement().isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void removals_askWhatThereIs_andRemoveThat() {
        server.answer(
                PointsGrpc.getGetMethod(),
                GetResponse.newBuilder()
                        .addResult(RetrievedPoint.newBuilder().setId(PointIds.of(Key.of("b"))))
                        .build());
        server.answer(PointsGrpc.getDeleteMethod(), ScriptedServer.status(UpdateStatus.Completed));

        assertThat(write(new IndexWrite.Remove(Key.of("a")), new IndexWrite.Remove(Key.of("b"))))
                .containsExactly(Outcome.NOT_FOUND, Outcome.APPLIED);
        assertThat(server.requests(DeletePoints.class)
                        .get(0)
                        .getPoints()
                        .getPoints()
                        .getIdsList())
                .containsExactly(PointIds.of(Key.of("b")));

        server.answer(PointsGrpc.getGetMethod(), Status.UNAVAILABLE);
        assertThat(write(new IndexWrite.Remove(Key.of("a")))).singleElement().isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void noAnswer_isUnknownForAWrite_andADeadlineForARead() {
        assertThat(index.write(List.of(put("a")), SHORT).join()).singleElement().isInstanceOf(Outcome.Unknown.class);
        assertThatThrownBy(() -> index.count(null, SHORT).join())
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.DEADLINE));
    }

    @Test
    void aWriteThatFindsNoServer_isNotSent_andOnceItIsBackCallsGoThrough() throws IOException {
        int port = server.port();
        server.close();
        await().until(() -> write(put("a")).get(0) instanceof Outcome.Failed);
        assertThatThrownBy(() -> index.count(null, LONG).join())
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.UNAVAILABLE));

        server = new ScriptedServer(port);
        server.answer(PointsGrpc.getUpsertMethod(), ScriptedServer.status(UpdateStatus.Completed));
        await().until(() -> write(put("a")).get(0) instanceof Outcome.Applied);
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, UNAVAILABLE",
        "DEADLINE_EXCEEDED, DEADLINE",
        "RESOURCE_EXHAUSTED, EXHAUSTED",
        "INVALID_ARGUMENT, INVALID",
        "NOT_FOUND, MISMATCH",
        "UNAUTHENTICATED, MISMATCH",
        "PERMISSION_DENIED, MISMATCH",
        "INTERNAL, INTERNAL"
    })
    void readsThatFail_sayWhatTheCallerCanDo(Status.Code code, IndexException.Kind kind) {
        server.answer(PointsGrpc.getCountMethod(), code.toStatus());

        assertThatThrownBy(() -> index.count(null, LONG).join())
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void collectionThatWasDropped_orIsAnAlias_isRefusedAtTheOpening() {
        server.answer(CollectionsGrpc.getListMethod(), ListCollectionsResponse.getDefaultInstance());
        assertThatThrownBy(() -> index.open().join())
                .cause()
                .hasMessage("collection words: an alias (expected: a collection's own name)");

        server.answer(
                CollectionsGrpc.getGetMethod(), Status.NOT_FOUND.withDescription("Collection `words` doesn't exist!"));
        assertThatThrownBy(() -> index.open().join())
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.MISSING));
    }

    @Test
    void collectionThatWasAltered_isNoticedWithTheNotes() {
        server.collection(CollectionInfo.newBuilder()
                .setConfig(CollectionConfig.newBuilder()
                        .setParams(SchemeTest.params().toBuilder().clearVectorsConfig()))
                .build());

        assertThatThrownBy(() -> index.attributes(LONG).join())
                .cause()
                .isInstanceOfSatisfying(IndexException.class, e -> {
                    assertThat(e.kind()).isEqualTo(IndexException.Kind.MISMATCH);
                    assertThat(e).hasMessageContaining("vector \"");
                });
    }

    /** A server before 1.16 takes a note and forgets it. */
    @Test
    void aNoteThatIsNotKept_isAFailure() {
        server.answer(
                CollectionsGrpc.getUpdateMethod(),
                io.qdrant.client.grpc.Collections.CollectionOperationResponse.newBuilder()
                        .setResult(true)
                        .build());

        assertThatThrownBy(() -> index.setAttribute("epoch", "7", LONG).join())
                .cause()
                .hasMessage("metadata of collection words: epoch is not kept (expected: kept)");
    }

    @Test
    void amongReplicas_writesAreOrdered() {
        assertThat(ordering(1)).isEqualTo(WriteOrderingType.Weak);
        assertThat(ordering(2)).isEqualTo(WriteOrderingType.Medium);
    }

    private WriteOrderingType ordering(int replicas) {
        server.collection(CollectionInfo.newBuilder()
                .setConfig(CollectionConfig.newBuilder()
                        .setParams(SchemeTest.params().toBuilder().setReplicationFactor(replicas)))
                .build());
        server.answer(PointsGrpc.getUpsertMethod(), ScriptedServer.status(UpdateStatus.Completed));
        index.open().join();
        write(put("a"));
        List<UpsertPoints> sent = server.requests(UpsertPoints.class);
        return sent.get(sent.size() - 1).getOrdering().getType();
    }

    @Test
    void apiKey_goesWithEachCall_andIntoNoMessage() throws IOException {
        VectorIndex keyed = server.connect(Map.of("api_key", "s3cr3t-key"), time);
        keyed.open().join();
        Metadata.Key<String> header = Metadata.Key.of("api-key", Metadata.ASCII_STRING_MARSHALLER);
        assertThat(server.headers().stream().map(each -> each.get(header))).contains("s3cr3t-key");

        server.answer(PointsGrpc.getCountMethod(), Status.UNAUTHENTICATED.withDescription("Invalid API key or JWT"));
        assertThatThrownBy(() -> keyed.count(null, LONG).join())
                .hasMessageContaining("Invalid API key")
                .hasMessageNotContaining("s3cr3t");
        assertThat(keyed.toString()).doesNotContain("s3cr3t");
        keyed.close();
    }
}
