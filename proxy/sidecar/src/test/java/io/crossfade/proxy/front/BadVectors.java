package io.crossfade.proxy.front;

import static io.crossfade.proxy.front.Requests.bare;
import static io.crossfade.proxy.front.Requests.good;
import static io.crossfade.proxy.front.Requests.key;
import static io.crossfade.proxy.front.Requests.text;
import static io.crossfade.proxy.front.Requests.vector;

import com.google.protobuf.ByteString;
import io.crossfade.proxy.front.BadInputTable.Row;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.Document;
import io.crossfade.v1.KeyedVectors;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.SparseVector;
import io.crossfade.v1.UpdateVectorsRequest;
import io.crossfade.v1.UpsertRequest;
import java.util.Arrays;
import java.util.stream.Stream;

/** Rows: documents that do not fit a space. */
final class BadVectors {
    private static final String INVALID = "INVALID_ARGUMENT";
    private static final String UNMET = "FAILED_PRECONDITION";

    private BadVectors() {}

    static Stream<Row> vectorRows() {
        return Stream.of(
                upsert(
                        "wrong dimension",
                        INVALID + ": documents[0].vectors[0]: 5 dimensions (expected: 4 for space bge)",
                        "products",
                        bare("a").addVectors(vector("bge", 1, 2, 3, 4, 5))),
                upsert(
                        "NaN",
                        INVALID + ": documents[0].vectors[0]: NaN at dimension 2 (expected: finite numbers)",
                        "products",
                        bare("a").addVectors(vector("bge", 1, 2, Float.NaN, 4))),
                upsert(
                        "positive infinity",
                        INVALID + ": documents[0].vectors[0]: Infinity at dimension 0",
                        "products",
                        bare("a").addVectors(vector("bge", Float.POSITIVE_INFINITY, 2, 3, 4))),
                upsert(
                        "negative infinity",
                        INVALID + ": documents[0].vectors[0]: -Infinity at dimension 3",
                        "products",
                        bare("a").addVectors(vector("bge", 1, 2, 3, Float.NEGATIVE_INFINITY))),
                upsert(
                        "NaN in a vector that no index stores",
                        INVALID + ": documents[0].vectors[0]: NaN at dimension 0",
                        "products",
                        good("a").addVectors(vector("idle", Float.NaN, 2, 3, 4))),
                upsert(
                        "unknown space",
                        INVALID + ": documents[0].vectors[0].space: \"other\" (expected: one of [",
                        "products",
                        good("a").addVectors(vector("other", 1, 2, 3, 4))),
                upsert(
                        "unknown field",
                        INVALID + ": documents[0].vectors[0].field: \"title\"",
                        "products",
                        good("a")
                                .addVectors(
                                        vector("bge", 1, 2, 3, 4).toBuilder().setField("title"))),
                upsert(
                        "one space twice",
                        INVALID + ": documents[0].vectors[1]: same field and space as vectors[0]",
                        "products",
                        bare("a").addVectors(vector("bge", 1, 2, 3, 4)).addVectors(vector("bge", 1, 2, 3, 4))),
                upsert(
                        "old space's vector though the dimensions agree",
                        UNMET + ": documents[0]: no vector of space bge but of minilm, and no text (expected: either)",
                        "products",
                        bare("a").addVectors(vector("minilm", 1, 2, 3, 4))),
                upsert(
                        "neither text nor vector",
                        UNMET + ": documents[0]: no vector of space bge, and no text (expected: either)",
                        "products",
                        bare("a")),
                upsert(
                        "text without an embedder",
                        UNMET
                                + ": documents[0]: no vector of space raw-bge (expected: one; there is no embedder for text)",
                        "raw",
                        good("a")),
                upsert(
                        "text where it is made of metadata",
                        INVALID + ": documents[0].text: given (expected: none; the text is made of metadata keys"
                                + " [title, body])",
                        "views",
                        good("a").putMetadata("title", text("t"))),
                upsert(
                        "no metadata to make text of",
                        UNMET + ": documents[0]: no vector of space bge, and no text",
                        "views",
                        bare("a").putMetadata("name", text("t"))),
                upsert(
                        "text over the limit",
                        INVALID + ": documents[0].text: 65537 bytes (expected: at most 65536)",
                        "products",
                        bare("a").setText("x".repeat(65537))),
                upsert(
                        "bytes that are no floats",
                        INVALID + ": documents[0].vectors[0]: 15 bytes (expected: a multiple of 4)",
                        "products",
                        good("a")
                                .addVectors(NamedVector.newBuilder()
                                        .setSpace("bge")
                                        .setDense(
                                                DenseVector.newBuilder().setF32Le(ByteString.copyFrom(new byte[15]))))),
                upsert(
                        "a vector without value",
                        INVALID + ": documents[0].vectors[0]: no value (expected: dense)",
                        "products",
                        good("a").addVectors(NamedVector.newBuilder().setSpace("bge"))),
                upsert(
                        "a sparse vector",
                        UNMET + ": documents[0].vectors[0]: a sparse vector (expected: dense",
                        "products",
                        good("a")
                                .addVectors(NamedVector.newBuilder()
                                        .setSpace("bge")
                                        .setSparse(SparseVector.getDefaultInstance()))),
                new Row(
                        "update without vectors",
                        INVALID + ": updates[0].vectors: none",
                        vectors -> vectors.updateVectors(UpdateVectorsRequest.newBuilder()
                                .setCollection("products")
                                .addUpdates(KeyedVectors.newBuilder().setKey(key("p1")))
                                .build())),
                new Row(
                        "update of an idle space",
                        UNMET + ": updates[0].vectors: of no space in use",
                        vectors -> vectors.updateVectors(UpdateVectorsRequest.newBuilder()
                                .setCollection("products")
                                .addUpdates(KeyedVectors.newBuilder()
                                        .setKey(key("p1"))
                                        .addVectors(vector("idle", 1, 2, 3, 4)))
                                .build())));
    }

    private static Row upsert(String name, String status, String collection, Document.Builder... documents) {
        UpsertRequest.Builder request = UpsertRequest.newBuilder().setCollection(collection);
        Arrays.stream(documents).forEach(request::addDocuments);
        return new Row(name, status, vectors -> vectors.upsert(request.build()));
    }
}
