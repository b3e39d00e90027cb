package io.crossfade.proxy.front;

import static io.crossfade.proxy.front.Requests.bare;
import static io.crossfade.proxy.front.Requests.good;
import static io.crossfade.proxy.front.Requests.key;
import static io.crossfade.proxy.front.Requests.list;
import static io.crossfade.proxy.front.Requests.nested;
import static io.crossfade.proxy.front.Requests.number;
import static io.crossfade.proxy.front.Requests.text;
import static io.crossfade.proxy.front.Requests.vector;

import io.crossfade.proxy.front.BadInputTable.Row;
import io.crossfade.v1.DeleteRequest;
import io.crossfade.v1.Document;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.KeyedPatch;
import io.crossfade.v1.KeyedPatches;
import io.crossfade.v1.Keys;
import io.crossfade.v1.MapValue;
import io.crossfade.v1.MetadataPatch;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.QueryBatchRequest;
import io.crossfade.v1.SetAttributeRequest;
import io.crossfade.v1.SparseVector;
import io.crossfade.v1.UpdateMetadataRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.Value;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Rows: keys, batches, metadata and messages that must not be written. */
final class BadBatches {
    private static final String INVALID = "INVALID_ARGUMENT";
    private static final String UNMET = "FAILED_PRECONDITION";
    private static final String KINDS = "one of null, bool, int64, double, string, list, map";

    private BadBatches() {}

    static Stream<Row> keys() {
        return Stream.of(
                upsert("unknown collection", "NOT_FOUND: collection: nothing", "nothing", good("a")),
                upsert("empty id", INVALID + ": documents[0].id: 0 bytes (expected: 1 to 512)", "products", good("")),
                upsert(
                        "over-long id",
                        INVALID + ": documents[1].id: 513 bytes (expected: 1 to 512)",
                        "products",
                        good("a"),
                        good("ü".repeat(256) + "x")),
                upsert(
                        "over-long namespace",
                        INVALID + ": documents[0].namespace: 513 bytes (expected: at most 512)",
                        "products",
                        good("a").setNamespace("n".repeat(513))),
                upsert(
                        "duplicate ids",
                        INVALID + ": documents[2]: same key as documents[0] (expected: each key once)",
                        "products",
                        good("a"),
                        good("b"),
                        good("a")),
                new Row(
                        "empty id in fetch",
                        INVALID + ": keys[1].id: 0 bytes",
                        vectors -> vectors.fetch(FetchRequest.newBuilder()
                                .setCollection("products")
                                .addKeys(key("a"))
                                .addKeys(key(""))
                                .build())),
                new Row(
                        "empty id in delete",
                        INVALID + ": keys[0].id: 0 bytes",
                        vectors -> vectors.delete(DeleteRequest.newBuilder()
                                .setCollection("products")
                                .setKeyed(Keys.newBuilder().addKeys(key("")).addKeys(key("p1")))
                                .build())),
                new Row(
                        "duplicate ids in delete",
                        INVALID + ": keys[1]: same key as keys[0]",
                        vectors -> vectors.delete(DeleteRequest.newBuilder()
                                .setCollection("products")
                                .setKeyed(Keys.newBuilder().addKeys(key("p1")).addKeys(key("p1")))
                                .build())));
    }

    static Stream<Row> batches() {
        Document.Builder[] many = Stream.iterate(0, i -> i + 1)
                .limit(1001)
                .map(i -> good("d" + i))
                .toArray(Document.Builder[]::new);
        return Stream.of(
                upsert("empty batch", INVALID + ": batch: 0 (expected: 1 to 1000)", "products"),
                upsert("batch over the limit", INVALID + ": batch: 1001 (expected: 1 to 1000)", "products", many),
                upsert(
                        "one bad document in a good batch",
                        INVALID + ": documents[1].vectors[0]: 3 dimensions (expected: 4 for space bge)",
                        "products",
                        good("a"),
                        bare("b").addVectors(vector("bge", 1, 2, 3)),
                        good("c")),
                upsert(
                        "several violations are all listed",
                        INVALID + ": documents[0].id: 0 bytes (expected: 1 to 512); documents[1].vectors[0]: 3 dim",
                        "products",
                        good(""),
                        bare("b").addVectors(vector("bge", 1, 2, 3))),
                new Row(
                        "empty fetch",
                        INVALID + ": batch: 0",
                        vectors -> vectors.fetch(FetchRequest.newBuilder()
                                .setCollection("products")
                                .build())),
                new Row(
                        "delete of nothing",
                        INVALID + ": target: none",
                        vectors -> vectors.delete(DeleteRequest.newBuilder()
                                .setCollection("products")
                                .build())),
                new Row(
                        "update of nothing",
                        INVALID + ": target: none",
                        vectors -> vectors.updateMetadata(UpdateMetadataRequest.newBuilder()
                                .setCollection("products")
                                .build())),
                new Row(
                        "over-long write_id",
                        INVALID + ": write_id: 129 bytes",
                        vectors -> vectors.upsert(UpsertRequest.newBuilder()
                                .setCollection("products")
                                .addDocuments(good("a"))
                                .setWriteId("w".repeat(129))
                                .build())),
                new Row(
                        "empty query batch",
                        INVALID + ": queries: none",
                        vectors -> vectors.queryBatch(QueryBatchRequest.getDefaultInstance())),
                new Row(
                        "attribute without name",
                        INVALID + ": name: empty",
                        vectors -> vectors.setAttribute(SetAttributeRequest.newBuilder()
                                .setCollection("products")
                                .setValue("v")
                                .build())));
    }

    static Stream<Row> metadata() {
        return Stream.of(
                upsert(
                        "metadata over the limit",
                        INVALID + ": documents[0].metadata: 4107 bytes (expected: at most 4096)",
                        "products",
                        good("a").putMetadata("large", text("x".repeat(4098)))),
                upsert(
                        "deeply nested",
                        INVALID + ": documents[0].metadata.deep: nested too deep (expected: at most 16 lists and maps)",
                        "products",
                        good("a").putMetadata("deep", nested(17))),
                upsert(
                        "deeper than messages can be",
                        INVALID + ": request: ",
                        "products",
                        good("a").putMetadata("deep", nested(60))),
                upsert(
                        "reserved key",
                        INVALID + ": documents[0].metadata: key _cf_v (expected: none that begins with _cf_)",
                        "products",
                        good("a").putMetadata("_cf_v", number(1))),
                upsert(
                        "value without kind",
                        INVALID + ": documents[0].metadata.tags[1].name: no value",
                        "products",
                        good("a")
                                .putMetadata(
                                        "tags",
                                        list(
                                                number(1),
                                                Value.newBuilder()
                                                        .setMapValue(MapValue.newBuilder()
                                                                .putFields("name", Value.getDefaultInstance()))
                                                        .build()))),
                upsert(
                        "values without kind, a reserved key and an empty id",
                        INVALID + ": documents[0].metadata.first: no value (expected: " + KINDS
                                + "); documents[0].metadata.second: no value (expected: " + KINDS
                                + "); documents[0].vectors[0]: no value (expected: dense)"
                                + "; documents[0].metadata: key _cf_v (expected: none that begins with _cf_)"
                                + "; documents[1].id: 0 bytes (expected: 1 to 512)",
                        "products",
                        good("a")
                                .putMetadata("first", Value.getDefaultInstance())
                                .putMetadata("_cf_v", number(1))
                                .putMetadata("second", Value.getDefaultInstance())
                                .addVectors(NamedVector.newBuilder().setSpace("bge")),
                        good("")),
                upsert(
                        "a sparse vector and an empty id",
                        INVALID + ": documents[0].id: 0 bytes (expected: 1 to 512)",
                        "products",
                        good("").addVectors(NamedVector.newBuilder()
                                .setSpace("bge")
                                .setSparse(SparseVector.getDefaultInstance()))),
                patch(
                        "patch with a value without kind, and a reserved key",
                        INVALID + ": patches[0].patch.set.first: no value (expected: " + KINDS
                                + "); patches[0].patch.remove[0]: key _cf_e",
                        MetadataPatch.newBuilder()
                                .putSet("first", Value.getDefaultInstance())
                                .addRemove("_cf_e")),
                upsert(
                        "infinite metadata",
                        INVALID + ": documents[0].metadata.price: Infinity (expected: a finite number)",
                        "products",
                        good("a")
                                .putMetadata(
                                        "price",
                                        Value.newBuilder()
                                                .setDoubleValue(Double.POSITIVE_INFINITY)
                                                .build())),
                patch("patch that does nothing", INVALID + ": patches[0].patch: sets", MetadataPatch.newBuilder()),
                patch(
                        "patch of a reserved key",
                        INVALID + ": patches[0].patch.set: key _cf_e",
                        MetadataPatch.newBuilder().putSet("_cf_e", text("x"))),
                patch(
                        "removal of a reserved key",
                        INVALID + ": patches[0].patch.remove[0]: key _cf_e",
                        MetadataPatch.newBuilder().addRemove("_cf_e")),
                patch(
                        "set and removed",
                        INVALID + ": patches[0].patch.remove[0]: number is also set",
                        MetadataPatch.newBuilder().putSet("number", number(1)).addRemove("number")));
    }

    static Stream<Row> messages() {
        return Stream.of(
                upsert(
                        "message over the limit",
                        "RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4194304",
                        "products",
                        bare("a").setText("x".repeat(4 << 20))),
                new Row(
                        "deadline past",
                        "DEADLINE_EXCEEDED",
                        vectors -> vectors.withDeadlineAfter(-1, TimeUnit.SECONDS)
                                .upsert(UpsertRequest.newBuilder()
                                        .setCollection("products")
                                        .addDocuments(good("a"))
                                        .build())),
                new Row(
                        "deadline 0",
                        "DEADLINE_EXCEEDED",
                        vectors -> vectors.withDeadlineAfter(0, TimeUnit.SECONDS)
                                .upsert(UpsertRequest.newBuilder()
                                        .setCollection("products")
                                        .addDocuments(good("a"))
                                        .build())));
    }

    private static Row upsert(String name, String status, String collection, Document.Builder... documents) {
        UpsertRequest.Builder request = UpsertRequest.newBuilder().setCollection(collection);
        Arrays.stream(documents).forEach(request::addDocuments);
        return new Row(name, status, vectors -> vectors.upsert(request.build()));
    }

    private static Row patch(String name, String status, MetadataPatch.Builder patch) {
        UpdateMetadataRequest request = UpdateMetadataRequest.newBuilder()
                .setCollection("products")
                .setKeyed(KeyedPatches.newBuilder()
                        .addPatches(KeyedPatch.newBuilder().setKey(key("p1")).setPatch(patch)))
                .build();
        return new Row(name, status, vectors -> vectors.updateMetadata(request));
    }
}
