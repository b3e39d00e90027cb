package io.crossfade.proxy.front;

import static io.crossfade.proxy.front.Requests.good;
import static io.crossfade.proxy.front.Requests.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.crossfade.v1.Document;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.Include;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc.VectorServiceBlockingStub;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a sidecar answers to requests that it must not carry out, and that it changes nothing. Each row goes to a real
 * server; before and after it all documents are read, and must be the same.
 *
 * <p>The server has the collections {@code products} (after a flip from space minilm to space bge, both of 4 dimensions
 * and with an embedder, text a part of its own), {@code raw} (from raw-minilm to raw-bge, without embedders) and {@code views} (text made of
 * {@code title} and {@code body}); a space {@code idle} that none uses; limits 1,000 for batch and top_k, 65,536 bytes of
 * text, 4,096 of metadata, 10 matched documents, 4 MiB per message.
 */
abstract class BadInputTable {
    /** The server's data API. */
    abstract VectorServiceBlockingStub vectors();

    /** Makes the cursors of products that were given out so far old. */
    abstract void endEpoch();

    /**
     * @param status code and beginning of the message
     */
    record Row(String name, String status, Consumer<VectorServiceBlockingStub> call) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource({
        "io.crossfade.proxy.front.BadBatches#keys",
        "io.crossfade.proxy.front.BadBatches#batches",
        "io.crossfade.proxy.front.BadBatches#metadata",
        "io.crossfade.proxy.front.BadBatches#messages",
        "io.crossfade.proxy.front.BadVectors#vectorRows",
        "io.crossfade.proxy.front.BadQueries#queries",
        "io.crossfade.proxy.front.BadQueries#filters",
        "io.crossfade.proxy.front.BadQueries#scans",
        "io.crossfade.proxy.front.BadFilters#matching"
    })
    void isRefused_andNothingIsApplied(Row row) {
        fill();
        List<Document> before = all();

        Throwable refusal = catchThrowable(() -> row.call().accept(vectors()));

        assertThat(refusal).as(row.name()).isNotNull();
        assertThat(refusal.getMessage()).startsWith(row.status());
        assertThat(all()).isEqualTo(before);
    }

    private void fill() {
        UpsertRequest.Builder request = UpsertRequest.newBuilder().setCollection("products");
        for (int i = 0; i < 20; i++) {
            request.addDocuments(good("p" + i).putMetadata("number", number(i)));
        }
        assertThat(vectors().upsert(request.build()).getResultsCount()).isEqualTo(20);
    }

    private List<Document> all() {
        List<Document> all = new ArrayList<>();
        Include include = Include.newBuilder()
                .setText(true)
                .setMetadata(true)
                .setVectors(true)
                .setDigest(true)
                .build();
        for (String collection : List.of("products", "raw", "views")) {
            ScanRequest scan = ScanRequest.newBuilder()
                    .setCollection(collection)
                    .setInclude(include)
                    .build();
            vectors().scan(scan).forEachRemaining(page -> all.addAll(page.getDocumentsList()));
        }
        return all;
    }

    @Test
    void integerBeyondTheExactDoubles_comesBackExact() {
        long exact = (1L << 53) + 1;
        vectors()
                .upsert(UpsertRequest.newBuilder()
                        .setCollection("products")
                        .addDocuments(good("p1").putMetadata("number", number(exact)))
                        .build());
        assertThat(vectors()
                        .fetch(FetchRequest.newBuilder()
                                .setCollection("products")
                                .addKeys(Requests.key("p1"))
                                .setInclude(Include.newBuilder().setMetadata(true))
                                .build())
                        .getDocuments(0)
                        .getMetadataMap())
                .containsEntry("number", number(exact));
    }

    @Test
    void retiredCursor_isRefused() {
        fill();
        ScanResponse page = vectors()
                .scan(ScanRequest.newBuilder()
                        .setCollection("products")
                        .setPageSize(5)
                        .build())
                .next();
        assertThat(page.getCursor()).isNotEmpty();

        endEpoch();

        Throwable refusal = catchThrowable(() -> vectors()
                .scan(ScanRequest.newBuilder()
                        .setCollection("products")
                        .setCursor(page.getCursor())
                        .build())
                .next());
        assertThat(Status.fromThrowable(refusal).getCode()).isEqualTo(Status.Code.ABORTED);
    }
}
