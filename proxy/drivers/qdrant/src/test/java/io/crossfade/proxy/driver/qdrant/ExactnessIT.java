package io.crossfade.proxy.driver.qdrant;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.Stored;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.kit.index.Scans;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Filter.Operator;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That versions, numbers and nulls come back as they were written, and that payload indexes change no answer. */
final class ExactnessIT {
    private final Engine engine = new Engine();
    private final SystemTime time = new SystemTime();

    @AfterEach
    void close() {
        engine.close();
        time.close();
    }

    private VectorIndex made(Map<String, Object> options) {
        VectorIndex index =
                engine.connect(IndexFixture.definition("exact", Map.of("", IndexFixture.COSINE)), options, time);
        index.create().join();
        return index;
    }

    /** What an index of another engine is found by, this one is, too; the options have the last word. */
    @Test
    void keysThatAreHandedOn_haveAPayloadIndex() {
        VectorIndex index = engine.connect(
                IndexFixture.definition("keys", Map.of("", IndexFixture.COSINE)),
                Map.of("payload_indexes", Map.of("stock", "float")),
                time);
        index.create(List.of(
                        new FilterKey("brand", FilterKey.Kind.TEXT),
                        new FilterKey("metadata.source", FilterKey.Kind.TEXT),
                        new FilterKey("stock", FilterKey.Kind.INTEGER),
                        new FilterKey("active", FilterKey.Kind.BOOL)))
                .join();

        assertThat(index.filterKeys(IndexFixture.TIMEOUT).join())
                .containsExactly(
                        new FilterKey("active", FilterKey.Kind.BOOL),
                        new FilterKey("brand", FilterKey.Kind.TEXT),
                        new FilterKey("metadata.source", FilterKey.Kind.TEXT),
                        new FilterKey("stock", FilterKey.Kind.NUMBER));
        index.close();
    }

    private static void write(VectorIndex index, IndexWrite... writes) {
        assertThat(index.write(List.of(writes), IndexFixture.TIMEOUT).join()).containsOnly(Outcome.APPLIED);
    }

    private static StoredDocument fetch(VectorIndex index, Key key) {
        return requireNonNull(index.fetch(List.of(key), Projection.ALL, IndexFixture.TIMEOUT)
                .join()
                .get(key));
    }

    @Test
    void versions_areExactBeyond2To53() {
        VectorIndex index = made(Map.of());
        Key key = Key.of("v");
        long now = 1_790_000_000_000L << 16;
        for (long version :
                new long[] {0, (1L << 53) - 1, (1L << 53) + 1, now, now + 1, now + 2, Long.MAX_VALUE, Long.MIN_VALUE}) {
            write(
                    index,
                    new IndexWrite.Put(
                            new StoredDocument(key, new Stamp(version, Map.of()), null, Map.of(), Map.of())));
            assertThat(fetch(index, key).version()).isEqualTo(version);
            write(
                    index,
                    new IndexWrite.PatchMetadata(key, version ^ 1, MetadataPatch.set(Map.of("a", Value.of(version)))));
            assertThat(fetch(index, key).version()).isEqualTo(version ^ 1);
            assertThat(fetch(index, key).metadata()).isEqualTo(Map.of("a", Value.of(version)));
        }
        index.close();
    }

    /** Also once the engine has moved the document a few times, as each change of it does. */
    @Test
    void doubles_ofAnyBits_comeBackExactly() {
        VectorIndex index = made(Map.of());
        Random random = new Random(20261129);
        List<StoredDocument> documents = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            documents.add(IndexFixture.document("id" + i, doubles(random), IndexFixture.vector(i)));
        }
        write(index, documents.stream().map(IndexWrite.Put::new).toArray(IndexWrite[]::new));
        for (int round = 0; round < 3; round++) {
            for (StoredDocument document : documents) {
                assertThat(withoutRound(fetch(index, document.key()))).isEqualTo(document.metadata());
            }
            MetadataPatch patch = MetadataPatch.set(Map.of("round", Value.of(round)));
            write(
                    index,
                    documents.stream()
                            .map(each -> new IndexWrite.PatchMetadata(each.key(), 2, patch))
                            .toArray(IndexWrite[]::new));
        }
        index.close();
    }

    private static Map<String, Value> withoutRound(StoredDocument document) {
        Map<String, Value> metadata = new HashMap<>(document.metadata());
        metadata.remove("round");
        return metadata;
    }

    private static Map<String, Value> doubles(Random random) {
        Supplier<Value> one = () -> {
            double any = Double.longBitsToDouble(random.nextLong());
            return Value.of(Double.isFinite(any) && random.nextBoolean() ? any : random.nextGaussian() * 1000);
        };
        return Map.of(
                "alone", one.get(),
                "largest", Value.of(random.nextBoolean() ? Double.MAX_VALUE : -Double.MAX_VALUE),
                "smallest", Value.of(Double.MIN_VALUE),
                "list", new Value.Items(Stream.generate(one).limit(5).toList()),
                "map",
                        new Value.Fields(
                                Map.of("a", one.get(), "b", new Value.Items(List.of(one.get(), Value.of(1.0))))));
    }

    /** A null that a change brings is there, and goes with what replaces it. */
    @Test
    void nulls_areSetReplacedAndRemovedByChanges() {
        VectorIndex index = made(Map.of());
        Key key = Key.of("n");
        write(
                index,
                new IndexWrite.Put(IndexFixture.document(
                        key,
                        Map.of("put", new Value.Null(), "a", Value.of(1), "b", Value.of(2)),
                        IndexFixture.vector(1))));
        Map<String, Value> expected = new HashMap<>(fetch(index, key).metadata());

        for (MetadataPatch patch : List.of(
                MetadataPatch.set(Map.of("a", new Value.Null(), "new", new Value.Null())),
                MetadataPatch.set(Map.of("a", Value.of(3))),
                new MetadataPatch(Map.of("put", Value.of(1)), List.of("new", "never"), false),
                MetadataPatch.set(
                        Map.of("put", new Value.Null(), "deep", new Value.Fields(Map.of("x", new Value.Null())))),
                new MetadataPatch(Map.of(), List.of("put", "b"), false),
                MetadataPatch.replaceWith(Map.of("only", new Value.Null(), "a", Value.of(0.1 + 0.2))),
                MetadataPatch.replaceWith(Map.of()))) {
            write(index, new IndexWrite.PatchMetadata(key, 2, patch));
            expected = patch.applyTo(expected);
            assertThat(fetch(index, key).metadata()).isEqualTo(expected);
            assertThat(fetch(index, key).text()).isEqualTo("text of n");
        }
        index.close();
    }

    /** Documents whose values are of the indexes' types, as those are that somebody made such indexes for. */
    @Test
    void payloadIndexes_changeNoAnswer() {
        VectorIndex index = made(Map.of(
                "payload_indexes",
                Map.of(
                        "kind", "keyword",
                        "count", "integer",
                        "price", "float",
                        "sold", "bool",
                        "title", "text",
                        "at", "datetime",
                        "serial", "uuid",
                        "meta.lang", "keyword")));
        Random random = new Random(5);
        List<StoredDocument> documents = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            documents.add(IndexFixture.document("id" + i, typed(random), IndexFixture.vector(i)));
        }
        write(index, documents.stream().map(IndexWrite.Put::new).toArray(IndexWrite[]::new));

        int answered = 0;
        for (int i = 0; i < 600; i++) {
            Filter filter = filter(random);
            if (index.capabilities().filters().refusal(filter).isEmpty()) {
                answered++;
                List<String> expected = documents.stream()
                        .filter(document -> FilterEvaluator.matches(filter, document.key(), document.metadata()))
                        .map(document -> document.key().id())
                        .sorted()
                        .toList();
                assertThat(Scans.all(index, null, filter, 1000).stream()
                                .map(document -> document.key().id())
                                .sorted())
                        .as("%s", filter)
                        .isEqualTo(expected);
                assertThat(index.count(filter, IndexFixture.TIMEOUT).join())
                        .as("%s", filter)
                        .isEqualTo(expected.size());
            }
        }
        assertThat(answered).isGreaterThan(300);
        index.close();
    }

    private static final List<String> KEYS =
            List.of("kind", "count", "price", "sold", "title", "at", "serial", "meta.lang", "plain");

    private static Map<String, Value> typed(Random random) {
        Map<String, Value> metadata = new HashMap<>();
        for (String key : KEYS) {
            int how = random.nextInt(10);
            Value value = how == 0
                    ? new Value.Null()
                    : how < 3 ? new Value.Items(List.of(one(key, random), one(key, random))) : one(key, random);
            if (how < 8 && key.equals("meta.lang")) {
                metadata.put("meta", new Value.Fields(Map.of("lang", value)));
            } else if (how < 8) {
                metadata.put(key, value);
            }
        }
        return metadata;
    }

    private static Value one(String key, Random random) {
        int n = random.nextInt(7) - 3;
        return switch (key) {
            case "kind", "meta.lang", "title" -> Value.of("word" + n);
            case "count" -> Value.of((long) n);
            case "price" -> random.nextBoolean() ? Value.of(n / 2.0) : Value.of((long) n);
            case "sold" -> Value.of(n > 0);
            case "at" -> Value.of("2026-01-0" + (n + 4) + "T00:00:00Z");
            case "serial" -> Value.of("550e8400-e29b-41d4-a716-44665544000" + (n + 3));
            default -> Value.of(n > 0 ? "word" + n : "x");
        };
    }

    private static Filter filter(Random random) {
        String key = KEYS.get(random.nextInt(KEYS.size()));
        Operator operator = Operator.values()[random.nextInt(Operator.values().length)];
        List<Value> operands = new ArrayList<>();
        int count = List.of(Operator.IN, Operator.NOT_IN, Operator.CONTAINS_ANY).contains(operator) ? 3 : 1;
        for (int i = 0; i < (operator == Operator.EXISTS ? 0 : count); i++) {
            boolean isOrder = List.of(Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)
                    .contains(operator);
            operands.add(
                    random.nextInt(4) > 0 && !isOrder
                            ? one(key, random)
                            : random.nextInt(3) > 0
                                    ? Value.of((long) random.nextInt(7) - 3)
                                    : Value.of(random.nextInt(13) / 2.0 - 3));
        }
        Filter comparison = new Filter.Comparison(key, operator, operands);
        return switch (random.nextInt(4)) {
            case 0 -> new Filter.Not(comparison);
            case 1 -> new Filter.And(List.of(comparison, new Filter.Not(IndexFixture.equal("sold", Value.of(true)))));
            default -> comparison;
        };
    }

    /** Also with as many dimensions as models have, which the engine adds up in single precision. */
    @Test
    void unitVectors_areKeptToTheBit() {
        Space wide = IndexFixture.space("wide", 3072, Space.Metric.COSINE);
        VectorIndex index = engine.connect(IndexFixture.definition("wide", Map.of("", wide)), Map.of(), time);
        index.create().join();
        Random random = new Random(9);
        List<StoredDocument> documents = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Embedding vector =
                    IndexFixture.scaled(IndexFixture.vector(random, 3072), (float) Math.pow(10, i % 20 - 10));
            documents.add(IndexFixture.document("id" + i, Map.of(), vector));
        }
        write(index, documents.stream().map(IndexWrite.Put::new).toArray(IndexWrite[]::new));

        for (StoredDocument document : documents) {
            assertThat(fetch(index, document.key()).vectors())
                    .isEqualTo(Map.of(
                            "",
                            Stored.NORMALISED.of(
                                    wide, requireNonNull(document.vectors().get("")))));
        }
        index.close();
    }
}
