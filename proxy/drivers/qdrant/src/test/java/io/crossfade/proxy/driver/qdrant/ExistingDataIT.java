package io.crossfade.proxy.driver.qdrant;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.kit.index.Scans;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.Distance;
import io.qdrant.client.grpc.Collections.VectorParams;
import io.qdrant.client.grpc.Collections.VectorParamsMap;
import io.qdrant.client.grpc.Collections.VectorsConfig;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt;
import io.qdrant.client.grpc.Points.DenseVector;
import io.qdrant.client.grpc.Points.NamedVectors;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import io.qdrant.client.grpc.Points.UpsertPoints;
import io.qdrant.client.grpc.Points.Vector;
import io.qdrant.client.grpc.Points.Vectors;
import io.qdrant.client.grpc.Points.WithPayloadSelector;
import io.qdrant.client.grpc.Points.WithVectorsSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Documents that were there before, in the payloads of those who write them, over the engine's own messages: served as they
 * stand, and afterwards unchanged but for keys of ours.
 */
final class ExistingDataIT {
    private static final int COUNT = 40;
    private static final int DIMENSIONS = 8;

    private final Engine engine = new Engine();
    private final SystemTime time = new SystemTime();

    @AfterEach
    void close() {
        engine.close();
        time.close();
    }

    /** One way of writing: the point's id, its payload, and where the text is in it. */
    private interface Style {
        PointId id(int i);

        Map<String, Value> payload(int i);

        String textKey();

        String vectorName();

        /** A key of the payload, and the value that document 7 has there and few others. */
        Filter seventh();
    }

    private static PointId uuid(int i) {
        return PointId.newBuilder()
                .setUuid(new UUID(0x1234_5678_0000_4000L + i, 0x8000_0000_0000_0000L | i).toString())
                .build();
    }

    /** {@code page_content} and a map {@code metadata}, ids are UUIDs. */
    @Test
    void langChain() {
        serves(new Style() {
            @Override
            public PointId id(int i) {
                return uuid(i);
            }

            @Override
            public Map<String, Value> payload(int i) {
                return Map.of(
                        "page_content",
                        Value.of("text " + i),
                        "metadata",
                        new Value.Fields(Map.of(
                                "source", Value.of("file-" + i + ".pdf"),
                                "page", Value.of(i),
                                "score", Value.of(i / 8.0),
                                "none", new Value.Null(),
                                "tags", new Value.Items(List.of(Value.of("a"), Value.of("t" + i))))));
            }

            @Override
            public String textKey() {
                return "page_content";
            }

            @Override
            public String vectorName() {
                return "";
            }

            @Override
            public Filter seventh() {
                return new Filter.And(List.of(
                        IndexFixture.equal("metadata.source", Value.of("file-7.pdf")),
                        IndexFixture.compare("metadata.page", Filter.Operator.GTE, Value.of(7)),
                        IndexFixture.compare(
                                "metadata.tags", Filter.Operator.CONTAINS_ANY, Value.of("t7"), Value.of("zz"))));
            }
        });
    }

    /** The node as JSON in {@code _node_content}, metadata beside it at the top, a vector with a name. */
    @Test
    void llamaIndex() {
        serves(new Style() {
            @Override
            public PointId id(int i) {
                return uuid(i);
            }

            @Override
            public Map<String, Value> payload(int i) {
                return Map.of(
                        "_node_content", Value.of("{\"id_\": \"" + i + "\", \"text\": \"text " + i + "\"}"),
                        "_node_type", Value.of("TextNode"),
                        "document_id", Value.of("d" + i),
                        "doc_id", Value.of("d" + i),
                        "ref_doc_id", Value.of("d" + i),
                        "year", Value.of(2000 + i),
                        "text", Value.of("text " + i));
            }

            @Override
            public String textKey() {
                return "text";
            }

            @Override
            public String vectorName() {
                return "text-dense";
            }

            @Override
            public Filter seventh() {
                return new Filter.And(List.of(
                        IndexFixture.equal("doc_id", Value.of("d7")), IndexFixture.equal("year", Value.of(2007.0))));
            }
        });
    }

    /** {@code doc_content}, metadata at the top. */
    @Test
    void springAi() {
        serves(new Style() {
            @Override
            public PointId id(int i) {
                return uuid(i);
            }

            @Override
            public Map<String, Value> payload(int i) {
                return Map.of(
                        "doc_content", Value.of("text " + i),
                        "isbn", Value.of("978-" + i),
                        "in print", Value.of(i % 2 == 0),
                        "price.net", Value.of(i + 0.5));
            }

            @Override
            public String textKey() {
                return "doc_content";
            }

            @Override
            public String vectorName() {
                return "";
            }

            @Override
            public Filter seventh() {
                return new Filter.And(List.of(
                        IndexFixture.equal("in print", Value.of(false)),
                        IndexFixture.compare("price.net", Filter.Operator.LT, Value.of(7.6)),
                        IndexFixture.compare("price.net", Filter.Operator.GT, Value.of(7))));
            }
        });
    }

    /** {@code text_segment}, metadata at the top; here with ids that are numbers, up to the largest. */
    @Test
    void langChain4j_withNumbersAsIds() {
        serves(new Style() {
            @Override
            public PointId id(int i) {
                return PointId.newBuilder().setNum(i < 30 ? i : -i).build();
            }

            @Override
            public Map<String, Value> payload(int i) {
                return Map.of(
                        "text_segment",
                        Value.of("text " + i),
                        "index",
                        Value.of("" + i),
                        "big",
                        Value.of(Long.MAX_VALUE - i));
            }

            @Override
            public String textKey() {
                return "text_segment";
            }

            @Override
            public String vectorName() {
                return "";
            }

            @Override
            public Filter seventh() {
                return new Filter.And(List.of(
                        IndexFixture.equal("big", Value.of(Long.MAX_VALUE - 7)), new Filter.IdIn(Set.of("7", "8"))));
            }
        });
    }

    private void serves(Style style) {
        Space space = IndexFixture.space("existing", DIMENSIONS, Space.Metric.COSINE);
        IndexDefinition definition = new IndexDefinition("existing", "", Map.of("", space), TextSource.OWN, Map.of());
        String collection = engine.collection("existing");
        make(collection, style.vectorName());
        List<PointStruct> points = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            points.add(point(style, i));
        }
        var unused = engine.points()
                .upsert(UpsertPoints.newBuilder()
                        .setCollectionName(collection)
                        .setWait(true)
                        .addAllPoints(points)
                        .build());
        Map<String, RetrievedPoint> before = raw(collection);

        VectorIndex index = engine.connect(
                definition,
                Map.of("text_key", style.textKey(), "vectors", Map.of("", Map.of("name", style.vectorName()))),
                time);
        index.open().join();
        isServed(index, style);
        isUnchanged(before, raw(collection), Map.of());

        List<StoredDocument> all = Scans.all(index, null, null, 7);
        List<IndexWrite> puts = new ArrayList<>();
        all.forEach(each -> puts.add(new IndexWrite.Put(new StoredDocument(
                each.key(), new Stamp(5, Map.of("", "a:b")), each.text(), each.metadata(), each.vectors()))));
        assertThat(index.write(puts, IndexFixture.TIMEOUT).join()).containsOnly(Outcome.APPLIED);
        assertThat(index.count(null, IndexFixture.TIMEOUT).join()).isEqualTo(COUNT);
        isServed(index, style);
        isUnchanged(before, raw(collection), Map.of());

        Key seventh = Key.of(PointIds.text(style.id(7)));
        IndexWrite patch = new IndexWrite.PatchMetadata(seventh, 6, MetadataPatch.set(Map.of("new", Value.of("n"))));
        assertThat(index.write(List.of(patch), IndexFixture.TIMEOUT).join()).containsExactly(Outcome.APPLIED);
        isUnchanged(before, raw(collection), Map.of(seventh.id(), Map.of("new", Values.of("n"))));
        index.close();
    }

    private void make(String collection, String vectorName) {
        VectorParams params = VectorParams.newBuilder()
                .setSize(DIMENSIONS)
                .setDistance(Distance.Cosine)
                .build();
        VectorsConfig.Builder vectors = vectorName.isEmpty()
                ? VectorsConfig.newBuilder().setParams(params)
                : VectorsConfig.newBuilder()
                        .setParamsMap(VectorParamsMap.newBuilder().putMap(vectorName, params));
        var unused = engine.collections()
                .create(CreateCollection.newBuilder()
                        .setCollectionName(collection)
                        .setVectorsConfig(vectors)
                        .build());
    }

    private PointStruct point(Style style, int i) {
        Map<String, JsonWithInt.Value> payload = new HashMap<>();
        style.payload(i).forEach((key, value) -> payload.put(key, Values.write(value)));
        Vector vector = Vector.newBuilder().setDense(vector(i)).build();
        Vectors.Builder vectors = style.vectorName().isEmpty()
                ? Vectors.newBuilder().setVector(vector)
                : Vectors.newBuilder().setVectors(NamedVectors.newBuilder().putVectors(style.vectorName(), vector));
        return PointStruct.newBuilder()
                .setId(style.id(i))
                .setVectors(vectors)
                .putAllPayload(payload)
                .build();
    }

    private static DenseVector vector(int i) {
        return Points.denseVector(IndexFixture.vector(i));
    }

    private static void isServed(VectorIndex index, Style style) {
        Key seventh = Key.of(PointIds.text(style.id(7)));
        Map<String, Value> metadata = new HashMap<>(style.payload(7));
        metadata.remove(style.textKey());
        StoredDocument document = requireNonNull(index.fetch(List.of(seventh), Projection.ALL, IndexFixture.TIMEOUT)
                .join()
                .get(seventh));
        assertThat(document.text()).isEqualTo("text 7");
        assertThat(document.metadata()).isEqualTo(metadata);
        assertThat(document.vectors()).containsOnlyKeys("");

        assertThat(index.count(style.seventh(), IndexFixture.TIMEOUT).join()).isEqualTo(1);
        assertThat(Scans.all(index, "", style.seventh(), 3)).containsExactly(document);
        assertThat(Scans.all(index, null, null, 7)).hasSize(COUNT);
        Embedding asked = IndexFixture.vector(7);
        assertThat(IndexFixture.ids(index.query(IndexFixture.nearest(asked, 1), IndexFixture.TIMEOUT)
                        .join()))
                .containsExactly(seventh.id());
    }

    private Map<String, RetrievedPoint> raw(String collection) {
        Map<String, RetrievedPoint> points = new TreeMap<>();
        engine.points()
                .scroll(ScrollPoints.newBuilder()
                        .setCollectionName(collection)
                        .setLimit(2 * COUNT)
                        .setWithPayload(WithPayloadSelector.newBuilder().setEnable(true))
                        .setWithVectors(WithVectorsSelector.newBuilder().setEnable(true))
                        .build())
                .getResultList()
                .forEach(point -> points.put(PointIds.text(point.getId()), point));
        return points;
    }

    /** What a reader sees that knows nothing of us, but for keys of ours. */
    private static void isUnchanged(
            Map<String, RetrievedPoint> before,
            Map<String, RetrievedPoint> after,
            Map<String, Map<String, JsonWithInt.Value>> changes) {
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((id, point) -> {
            Map<String, JsonWithInt.Value> expected = new HashMap<>(point.getPayloadMap());
            expected.putAll(changes.getOrDefault(id, Map.of()));
            Map<String, JsonWithInt.Value> actual =
                    new HashMap<>(requireNonNull(after.get(id)).getPayloadMap());
            actual.keySet().removeIf(key -> key.startsWith("_cf_"));
            assertThat(actual).isEqualTo(expected);
            assertThat(requireNonNull(after.get(id)).getVectors()).isEqualTo(point.getVectors());
        });
    }
}
