package io.crossfade.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.UnsafeByteOperations;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.v1.Comparison;
import io.crossfade.v1.CountRequest;
import io.crossfade.v1.DeleteRequest;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.DescribeCollectionRequest;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.Document;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.Filter;
import io.crossfade.v1.FilteredDelete;
import io.crossfade.v1.Include;
import io.crossfade.v1.Key;
import io.crossfade.v1.KeyedPatch;
import io.crossfade.v1.KeyedPatches;
import io.crossfade.v1.KeyedVectors;
import io.crossfade.v1.Keys;
import io.crossfade.v1.MetadataPatch;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.Phase;
import io.crossfade.v1.QueryBatchRequest;
import io.crossfade.v1.QueryRequest;
import io.crossfade.v1.QueryResponse;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.UpdateMetadataRequest;
import io.crossfade.v1.UpdateVectorsRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.Value;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.WriteResponse;
import io.crossfade.v1.WriteResult;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class VectorGrpcTest {
    private Fixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new Fixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void upsertedDocument_isFetchedAsItWasSent() {
        Document document = document("a")
                .setText("a red shoe")
                .addVectors(vector("bge", 1, 2, 3, 4))
                .putMetadata(
                        "big", Value.newBuilder().setInt64Value(Long.MAX_VALUE).build())
                .build();

        assertThat(upsert(document).getResults(0).getLeader()).isEqualTo(WriteResult.Leader.LEADER_APPLIED);

        Include all = Include.newBuilder()
                .setText(true)
                .setMetadata(true)
                .setVectors(true)
                .build();
        assertThat(fixture.vectors()
                        .fetch(FetchRequest.newBuilder()
                                .setCollection("products")
                                .addKeys(key("a"))
                                .addKeys(key("absent"))
                                .setInclude(all)
                                .build())
                        .getDocumentsList())
                .containsExactly(document);
    }

    @Test
    void metadataUpdate_leavesTextAndVector() {
        upsert(document("a").setText("a red shoe").build());

        WriteResponse response = fixture.vectors()
                .updateMetadata(UpdateMetadataRequest.newBuilder()
                        .setCollection("products")
                        .setKeyed(KeyedPatches.newBuilder()
                                .addPatches(KeyedPatch.newBuilder()
                                        .setKey(key("a"))
                                        .setPatch(MetadataPatch.newBuilder().putSet("colour", text("red"))))
                                .addPatches(KeyedPatch.newBuilder()
                                        .setKey(key("absent"))
                                        .setPatch(MetadataPatch.newBuilder().putSet("colour", text("red")))))
                        .build());

        assertThat(response.getResultsList())
                .extracting(WriteResult::getLeader)
                .containsExactly(WriteResult.Leader.LEADER_APPLIED, WriteResult.Leader.LEADER_NOT_FOUND);
        Document now = fetch("a");
        assertThat(now.getText()).isEqualTo("a red shoe");
        assertThat(now.getMetadataOrThrow("colour")).isEqualTo(text("red"));
    }

    @Test
    void vectorUpdate_movesTheDocument() {
        upsert(document("a").addVectors(vector("bge", 1, 0, 0, 0)).build());

        fixture.vectors()
                .updateVectors(UpdateVectorsRequest.newBuilder()
                        .setCollection("products")
                        .addUpdates(KeyedVectors.newBuilder()
                                .setKey(key("a"))
                                .addVectors(vector("bge", 0, 1, 0, 0))
                                .addVectors(vector("minilm", 0, 0, 1, 0))
                                .addVectors(vector("idle", 0, 0, 0, 1)))
                        .build());

        QueryResponse response = fixture.vectors().query(query(vector("bge", 0, 1, 0, 0)));
        assertThat(response.getHits(0).getScore()).isEqualTo(1);
    }

    @Test
    void query_namesIndexSpaceAndEpoch_andOrdersByScore() {
        upsert(document("far").addVectors(vector("bge", -1, 0, 0, 0)).build());
        upsert(document("near").addVectors(vector("bge", 1, 0, 0, 0)).build());

        QueryResponse response = fixture.vectors().query(query(vector("bge", 1, 0, 0, 0)));

        assertThat(response.getHitsList())
                .extracting(hit -> hit.getDocument().getId())
                .containsExactly("near", "far");
        assertThat(response.getIndex()).isEqualTo("products-v2");
        assertThat(response.getSpace()).isEqualTo("bge");
        assertThat(response.getEpoch()).isEqualTo(3);
        assertThat(response.getHits(0).getDocument().hasStamp()).isFalse();
    }

    @Test
    void queryWithVectorsOfBothSpaces_isAnsweredFromTheServingOne() {
        upsert(document("a").addVectors(vector("bge", 1, 0, 0, 0)).build());

        QueryResponse response = fixture.vectors()
                .query(query(vector("minilm", 0, 1, 0, 0)).toBuilder()
                        .addVectors(vector("bge", 1, 0, 0, 0))
                        .build());

        assertThat(response.getHits(0).getScore()).isEqualTo(1);
    }

    @Test
    void queryBatch_isAnsweredInOrder() {
        List<String> ids = new ArrayList<>();
        QueryBatchRequest.Builder batch = QueryBatchRequest.newBuilder();
        for (int i = 0; i < 50; i++) {
            ids.add("d" + i);
            upsert(document("d" + i).setText("text " + i).build());
            batch.addQueries(QueryRequest.newBuilder()
                    .setCollection("products")
                    .setText("text " + i)
                    .setTopK(1));
        }

        assertThat(fixture.vectors().queryBatch(batch.build()).getResponsesList())
                .extracting(response -> response.getHits(0).getDocument().getId())
                .isEqualTo(ids);
    }

    @Test
    void scan_stringsAllPagesTogether_andResumesFromAnyCursor() {
        for (int i = 0; i < 25; i++) {
            upsert(document("d" + (char) ('a' + i)).setText("text").build());
        }
        ScanRequest scan = ScanRequest.newBuilder()
                .setCollection("products")
                .setPageSize(10)
                .build();

        List<ScanResponse> pages = pages(scan);

        assertThat(pages).hasSize(3);
        assertThat(pages.stream().mapToInt(ScanResponse::getDocumentsCount)).containsExactly(10, 10, 5);
        assertThat(pages.get(2).getCursor()).isEmpty();
        assertThat(pages(scan.toBuilder().setCursor(pages.get(0).getCursor()).build()))
                .isEqualTo(pages.subList(1, 3));
    }

    @Test
    void scanWhoseFilterEmptiesEveryPage_ends() {
        for (int i = 0; i < 500; i++) {
            upsert(document("d" + i).setText("text").build());
        }

        List<ScanResponse> pages = pages(ScanRequest.newBuilder()
                .setCollection("products")
                .setPageSize(1)
                .setFilter(equal("colour", "none"))
                .build());

        assertThat(pages).hasSize(501).allMatch(page -> page.getDocumentsCount() == 0);
    }

    @Test
    void cancelledScan_endsAndNoLongerCounts() {
        for (int i = 0; i < 1000; i++) {
            upsert(document("d" + i).setText("text ".repeat(1000)).build());
        }
        Context.CancellableContext context = Context.current().withCancellation();
        context.run(() -> fixture.vectors()
                .scan(ScanRequest.newBuilder()
                        .setCollection("products")
                        .setPageSize(10)
                        .build())
                .next());
        assertThat(fixture.listeners.callsInFlight()).isEqualTo(1);

        context.cancel(null);

        await().until(() -> fixture.listeners.callsInFlight() == 0);
    }

    @Test
    void deleteByFilter_removesThoseThatMatch() {
        upsert(document("red").setText("x").putMetadata("colour", text("red")).build());
        upsert(document("blue").setText("x").putMetadata("colour", text("blue")).build());

        fixture.vectors()
                .delete(DeleteRequest.newBuilder()
                        .setCollection("products")
                        .setFiltered(FilteredDelete.newBuilder().setFilter(equal("colour", "red")))
                        .build());

        assertThat(fixture.products.holds("red")).isFalse();
        assertThat(fixture.products.holds("blue")).isTrue();
        assertThat(fixture.vectors()
                        .count(CountRequest.newBuilder()
                                .setCollection("products")
                                .build())
                        .getCount())
                .isEqualTo(1);
    }

    @Test
    void deleteByKey_saysWhichWereThere() {
        upsert(document("a").setText("x").build());

        WriteResponse response = fixture.vectors()
                .delete(DeleteRequest.newBuilder()
                        .setCollection("products")
                        .setKeyed(Keys.newBuilder().addKeys(key("a")).addKeys(key("b")))
                        .build());

        assertThat(response.getResultsList())
                .extracting(WriteResult::getLeader)
                .containsExactly(WriteResult.Leader.LEADER_APPLIED, WriteResult.Leader.LEADER_NOT_FOUND);
    }

    @Test
    void describe_listsSpacesLimitsAndOperators() {
        DescribeCollectionResponse response = fixture.vectors()
                .describeCollection(DescribeCollectionRequest.newBuilder()
                        .setCollection("products")
                        .build());

        assertThat(response.getSpacesList())
                .extracting(use -> use.getSpace() + " " + use.getDimensions() + " " + ShortNames.of(use.getMetric())
                        + " " + use.getServing() + " " + use.getLeading())
                .containsExactly("minilm 4 COSINE false false", "bge 4 COSINE true true");
        assertThat(response.getFilterOperatorsList())
                .contains(Comparison.Operator.OPERATOR_EQ, Comparison.Operator.OPERATOR_EXISTS)
                .doesNotContain(Comparison.Operator.OPERATOR_CONTAINS_ANY);
        assertThat(response.getPhase()).isEqualTo(Phase.PHASE_REVERSED);
        assertThat(response.getLimits().getBatch()).isEqualTo(1000);
    }

    @Test
    void cancelledWrite_isFinishedAllTheSame() {
        fixture.products.hold();
        ListenableFuture<WriteResponse> write = VectorServiceGrpc.newFutureStub(fixture.channel)
                .upsert(upsertOf(document("a").setText("x").build()));
        await().until(() -> fixture.listeners.callsInFlight() == 1);

        write.cancel(true);
        fixture.products.release();

        await().until(() -> fixture.products.holds("a") && fixture.listeners.callsInFlight() == 0);
    }

    @Test
    void deadlineThatExpiresMidWrite_saysSo_andTheWriteIsFinished() {
        fixture.products.hold();

        assertThatThrownBy(() -> fixture.vectors()
                        .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
                        .upsert(upsertOf(document("a").setText("x").build())))
                .satisfies(e -> assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        fixture.products.release();

        await().until(() -> fixture.products.holds("a") && fixture.listeners.callsInFlight() == 0);
    }

    @Test
    void callsOverTheLimit_areRefusedAndNotApplied() throws Exception {
        try (Fixture small = new Fixture("127.0.0.1:0", 1)) {
            small.products.hold();
            ListenableFuture<WriteResponse> first = VectorServiceGrpc.newFutureStub(small.channel)
                    .upsert(upsertOf(document("a").setText("x").build()));
            await().until(() -> small.listeners.callsInFlight() == 1);

            assertThatThrownBy(() -> small.vectors()
                            .upsert(upsertOf(document("b").setText("x").build())))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessage("RESOURCE_EXHAUSTED: calls in flight: 1 already (expected: fewer than 1); try again");
            small.products.release();
            assertThat(first.get(10, TimeUnit.SECONDS).getResultsCount()).isEqualTo(1);
            assertThat(small.products.holds("b")).isFalse();
        }
    }

    private WriteResponse upsert(Document document) {
        return fixture.vectors().upsert(upsertOf(document));
    }

    private static UpsertRequest upsertOf(Document document) {
        return UpsertRequest.newBuilder()
                .setCollection("products")
                .addDocuments(document)
                .build();
    }

    private Document fetch(String id) {
        return fixture.vectors()
                .fetch(FetchRequest.newBuilder()
                        .setCollection("products")
                        .addKeys(key(id))
                        .build())
                .getDocuments(0);
    }

    private List<ScanResponse> pages(ScanRequest scan) {
        List<ScanResponse> pages = new ArrayList<>();
        Iterator<ScanResponse> stream = fixture.vectors().scan(scan);
        stream.forEachRemaining(pages::add);
        return pages;
    }

    private static QueryRequest query(NamedVector vector) {
        return QueryRequest.newBuilder()
                .setCollection("products")
                .addVectors(vector)
                .setTopK(10)
                .build();
    }

    private static Document.Builder document(String id) {
        return Document.newBuilder().setId(id);
    }

    private static Key key(String id) {
        return Key.newBuilder().setId(id).build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    private static Filter equal(String key, String value) {
        return Filter.newBuilder()
                .setComparison(Comparison.newBuilder()
                        .setKey(key)
                        .setOperator(Comparison.Operator.OPERATOR_EQ)
                        .addValues(text(value)))
                .build();
    }

    private static NamedVector vector(String space, float... values) {
        return NamedVector.newBuilder()
                .setSpace(space)
                .setDense(DenseVector.newBuilder()
                        .setF32Le(UnsafeByteOperations.unsafeWrap(
                                Embedding.of(values).bytes())))
                .build();
    }
}
