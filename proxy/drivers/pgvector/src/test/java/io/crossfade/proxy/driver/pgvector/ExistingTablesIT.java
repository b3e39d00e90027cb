package io.crossfade.proxy.driver.pgvector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
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
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables that are there already, with rows in them, made and filled by plain SQL. */
final class ExistingTablesIT {
    private static final Duration TIMEOUT = IndexFixture.TIMEOUT;
    private static final Space SPACE = IndexFixture.space("three", 3, Space.Metric.COSINE);
    private static final Map<String, Object> TYPED = Map.of(
            "id", "sku",
            "text_column", "title",
            "metadata", "extra",
            "metadata_columns",
                    List.of(
                            "brand",
                            "stock",
                            "sold",
                            "price",
                            "active",
                            "added",
                            "tags",
                            "dims",
                            "weight",
                            "ratio",
                            "day",
                            "part",
                            "required"));
    private static final String UUID = "0b8f2f5e-6a5f-4b43-9f3f-0c5b8d7f1a2b";

    @RegisterExtension
    final Engine engine = new Engine();

    private final SystemTime time = new SystemTime();
    private final List<VectorIndex> open = new ArrayList<>();

    @BeforeEach
    void makeSchema() throws Exception {
        engine.run("CREATE EXTENSION IF NOT EXISTS vector", "CREATE SCHEMA " + engine.schema());
    }

    @AfterEach
    void close() {
        open.forEach(VectorIndex::close);
        time.close();
    }

    private VectorIndex connect(String table, Map<String, Object> options) {
        IndexDefinition definition = IndexFixture.definition(table, Map.of("", SPACE));
        VectorIndex index = engine.index(definition, options, time);
        open.add(index);
        return index;
    }

    private VectorIndex open(String table, Map<String, Object> options) {
        VectorIndex index = connect(table, options);
        index.open().join();
        return index;
    }

    private static List<Outcome> write(VectorIndex index, IndexWrite... writes) {
        return index.write(List.of(writes), TIMEOUT).join();
    }

    private static StoredDocument fetch(VectorIndex index, String id) {
        return Objects.requireNonNull(
                index.fetch(List.of(Key.of(id)), Projection.ALL, TIMEOUT).join().get(Key.of(id)), id);
    }

    private static List<String> found(VectorIndex index, Filter filter) {
        List<String> scanned = Scans.all(index, null, filter, 100).stream()
                .map(document -> document.key().id())
                .sorted()
                .toList();
        assertThat(index.count(filter, TIMEOUT).join()).isEqualTo(scanned.size());
        return scanned;
    }

    private void makeTyped() throws Exception {
        engine.run(
                "CREATE TABLE goods (sku varchar(20) PRIMARY KEY, title text NOT NULL, extra jsonb, embedding vector(3),"
                        + " brand varchar(10), stock int, sold bigint, price numeric(10,2), active boolean, added timestamptz,"
                        + " tags text[], dims jsonb, weight real, ratio double precision, day date, part uuid,"
                        + " required int NOT NULL DEFAULT 7,"
                        + " unknown text NOT NULL DEFAULT 'ours', doubled int GENERATED ALWAYS AS (stock * 2) STORED)",
                "CREATE INDEX ON goods USING hnsw (embedding vector_cosine_ops)",
                "INSERT INTO goods VALUES ('a', 'first', '{\"color\": \"red\", \"n\": 1.0}', '[1,2,3]', 'acme', 3, 9007199254740993, 19.90,"
                        + " true, '2026-11-29 21:48:30.5+01', '{x,\"y, z\"}', '{\"w\": [1, 2.5]}', 0.5, 1e-300, '2026-02-01', '"
                        + UUID
                        + "', 1)",
                "INSERT INTO goods (sku, title, embedding) VALUES ('b', 'second', '[3,2,1]')");
    }

    private static Map<String, Value> typed() {
        return Map.ofEntries(
                Map.entry("color", Value.of("red")),
                Map.entry("n", Value.of(1.0)),
                Map.entry("brand", Value.of("acme")),
                Map.entry("stock", Value.of(3)),
                Map.entry("sold", Value.of(9007199254740993L)),
                Map.entry("price", Value.of(19.9)),
                Map.entry("active", Value.of(true)),
                Map.entry("added", Value.of("2026-11-29T20:48:30.5+00:00")),
                Map.entry("tags", new Value.Items(List.of(Value.of("x"), Value.of("y, z")))),
                Map.entry("dims", new Value.Fields(Map.of("w", new Value.Items(List.of(Value.of(1), Value.of(2.5)))))),
                Map.entry("weight", Value.of(0.5)),
                Map.entry("ratio", Value.of(1e-300)),
                Map.entry("day", Value.of("2026-02-01")),
                Map.entry("part", Value.of(UUID)),
                Map.entry("required", Value.of(1)));
    }

    @Test
    void typedColumns_areReadAsMetadata_andWhatIsWrittenBackIsTheSameRow() throws Exception {
        makeTyped();
        VectorIndex index = open("goods", TYPED);
        String before = engine.rows("SELECT * FROM goods WHERE sku = 'a'").get(0);

        StoredDocument stands = fetch(index, "a");
        assertThat(stands.metadata()).isEqualTo(typed());
        assertThat(stands.text()).isEqualTo("first");
        assertThat(stands.vectors()).isEqualTo(Map.of("", Embedding.of(1, 2, 3)));
        assertThat(stands.stamp()).isEqualTo(Stamp.NONE);
        assertThat(fetch(index, "b").metadata()).isEqualTo(Map.of("required", Value.of(7)));

        assertThat(write(index, new IndexWrite.Put(stands))).containsExactly(Outcome.APPLIED);

        assertThat(engine.rows("SELECT * FROM goods WHERE sku = 'a'")).containsExactly(before);
        assertThat(engine.rows("SELECT count(*) FROM goods")).containsExactly("2");
    }

    @Test
    void typedColumns_canBeFilteredBy() throws Exception {
        makeTyped();
        VectorIndex index = open("goods", TYPED);

        assertThat(found(index, IndexFixture.equal("brand", Value.of("acme")))).containsExactly("a");
        assertThat(found(index, IndexFixture.equal("price", Value.of(19.9)))).containsExactly("a");
        assertThat(found(index, IndexFixture.equal("stock", Value.of(3.0)))).containsExactly("a");
        assertThat(found(index, IndexFixture.compare("sold", Filter.Operator.GT, Value.of(9007199254740992L))))
                .containsExactly("a");
        assertThat(found(index, IndexFixture.compare("tags", Filter.Operator.CONTAINS_ANY, Value.of("y, z"))))
                .containsExactly("a");
        assertThat(found(index, IndexFixture.compare("dims.w", Filter.Operator.LT, Value.of(2))))
                .containsExactly("a");
        assertThat(found(index, IndexFixture.compare("added", Filter.Operator.GTE, Value.of("2026-11-29"))))
                .containsExactly("a");
        assertThat(found(index, IndexFixture.compare("brand", Filter.Operator.EXISTS)))
                .containsExactly("a");
        assertThat(found(index, new Filter.Not(IndexFixture.equal("brand", Value.of("acme")))))
                .containsExactly("b");
        assertThat(found(index, IndexFixture.compare("required", Filter.Operator.NE, Value.of(1))))
                .containsExactly("b");
        assertThat(found(index, IndexFixture.equal("unknown", Value.of("ours"))))
                .isEmpty();
        assertThat(found(index, new Filter.IdIn(java.util.Set.of("a", "none")))).containsExactly("a");
    }

    @Test
    void patches_changeTheColumnsThatTheyName_andNothingElse() throws Exception {
        makeTyped();
        VectorIndex index = open("goods", TYPED);
        MetadataPatch patch = new MetadataPatch(
                Map.of("stock", Value.of(4), "color", Value.of("blue")), List.of("brand", "n"), false);

        assertThat(write(index, new IndexWrite.PatchMetadata(Key.of("a"), 5, patch)))
                .containsExactly(Outcome.APPLIED);

        assertThat(fetch(index, "a").metadata()).isEqualTo(patch.applyTo(typed()));
        assertThat(fetch(index, "a").version()).isEqualTo(5);
        assertThat(engine.rows("SELECT brand, stock, doubled, extra, unknown, embedding FROM goods WHERE sku = 'a'"))
                .containsExactly("null|4|8|{\"color\": \"blue\"}|ours|[1,2,3]");
        assertThat(engine.rows("SELECT version FROM goods_cf")).containsExactly("5");
    }

    @Test
    void stamps_areBesideTheTable_andGoWithTheDocument() throws Exception {
        makeTyped();
        String columns =
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'goods' AND table_schema = '"
                        + engine.schema() + "' ORDER BY 1";
        List<String> before = engine.rows(columns);
        VectorIndex index = open("goods", TYPED);
        assertThat(engine.rows("SELECT to_regclass('" + engine.schema() + ".goods_cf')"))
                .containsExactly("null");
        StoredDocument stamped = new StoredDocument(
                Key.of("c"),
                new Stamp(1L << 57 | 1, Map.of("", "f:s"), Map.of("", Long.MIN_VALUE)),
                "third",
                Map.of("required", Value.of(2)),
                Map.of("", Embedding.of(1, 1, 1)));

        assertThat(write(index, new IndexWrite.Put(stamped))).containsExactly(Outcome.APPLIED);
        assertThat(fetch(index, "c")).isEqualTo(stamped);
        assertThat(write(index, new IndexWrite.Remove(Key.of("c")))).containsExactly(Outcome.APPLIED);
        assertThat(engine.rows("SELECT * FROM goods_cf")).isEmpty();
        assertThat(engine.rows(columns)).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "brand; longer than ten; too long",
                "stock; text; metadata.stock: a text of 4 characters (expected: an integer",
                "price; text; metadata.price: a text of 4 characters (expected: a double with at most 2 digits",
                "added; 2026-11-29 20:00; metadata.added",
                "day; tomorrow; metadata.day",
                "part; 0B8F2F5E-6A5F-4B43-9F3F-0C5B8D7F1A2B; metadata.part",
                "required; ; \"required\"",
            })
    void whatAColumnCannotHold_isRejectedByName_andItsNeighboursAreWritten(String key, String value, String reason)
            throws Exception {
        makeTyped();
        VectorIndex index = open("goods", TYPED);
        Map<String, Value> bad = value == null ? Map.of() : Map.of("required", Value.of(1), key, Value.of(value));
        List<IndexWrite> writes = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Map<String, Value> good = Map.of("required", Value.of(i));
            writes.add(new IndexWrite.Put(new StoredDocument(
                    Key.of("id" + i), Stamp.NONE, "text", i == 5 ? bad : good, Map.of("", Embedding.of(1, 1, i)))));
        }

        List<Outcome> outcomes = index.write(writes, TIMEOUT).join();

        for (int i = 0; i < 9; i++) {
            if (i == 5) {
                assertThat(outcomes.get(i)).isInstanceOf(Outcome.Rejected.class);
                assertThat(outcomes.get(i).reason()).contains(reason);
            } else {
                assertThat(outcomes.get(i)).isEqualTo(Outcome.APPLIED);
            }
        }
        assertThat(engine.rows("SELECT count(*) FROM goods")).containsExactly("10");
    }

    @Test
    void doubleThatADecimalOrAFloatWouldRound_isRejected() throws Exception {
        makeTyped();
        VectorIndex index = open("goods", TYPED);
        Map<String, Value> rounded = Map.of("price", Value.of(1.005), "required", Value.of(1));
        Map<String, Value> single = Map.of("weight", Value.of(0.1), "required", Value.of(1));

        assertThat(write(
                        index,
                        new IndexWrite.Put(new StoredDocument(Key.of("p"), Stamp.NONE, "t", rounded, Map.of())),
                        new IndexWrite.Put(new StoredDocument(Key.of("w"), Stamp.NONE, "t", single, Map.of()))))
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Rejected.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "id text, text text, metadata jsonb, embedding vector(3); column id: may be NULL",
                "id text NOT NULL, text text, metadata jsonb, embedding vector(3); key of",
                "id char(9) PRIMARY KEY, text text, metadata jsonb, embedding vector(3); column id: character(9)",
                "id text PRIMARY KEY, text text, metadata jsonb; column embedding of",
                "id text PRIMARY KEY, metadata jsonb, embedding vector(3); column text of",
                "id text PRIMARY KEY, text text, metadata text, embedding vector(3); column metadata: text",
                "id text PRIMARY KEY, text text, metadata jsonb, embedding vector(4); column embedding: vector(4) (expected: vector(3)",
                "id text PRIMARY KEY, text text, metadata jsonb, embedding halfvec(3); column embedding: halfvec(3)",
                "id text PRIMARY KEY, text text, metadata jsonb, embedding vector(3), more int NOT NULL; column more: NOT NULL",
            })
    void tableThatCannotTakePart_isRefusedByColumn(String columns, String reason) throws Exception {
        engine.run("CREATE TABLE odd (" + columns + ")");

        assertMismatch(connect("odd", Map.of()), reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "money; column c: money",
                "numeric; column c: numeric",
                "numeric(16,2); column c: numeric(16,2)",
                "interval; column c: interval",
                "int GENERATED ALWAYS AS (1) STORED; column c: generated",
                "point; column c: point",
                "bytea; column c: bytea",
            })
    void columnThatCannotBeGivenOutAndTakenBack_isRefusedByName(String type, String reason) throws Exception {
        engine.run("CREATE TABLE odd (id text PRIMARY KEY, text text, metadata jsonb, embedding vector(3), c " + type
                + ")");

        assertMismatch(connect("odd", Map.of("metadata_columns", List.of("c"))), reason);
        open("odd", Map.of());
    }

    private static void assertMismatch(VectorIndex index, String reason) {
        assertThatThrownBy(() -> index.open().join()).cause().isInstanceOfSatisfying(IndexException.class, e -> {
            assertThat(e.kind()).isEqualTo(IndexException.Kind.MISMATCH);
            assertThat(e).hasMessageContaining(reason);
        });
    }

    @Test
    void unloggedTableAndView_areRefused() throws Exception {
        String columns = "(id text PRIMARY KEY, text text, metadata jsonb, embedding vector(3))";
        engine.run(
                "CREATE UNLOGGED TABLE fast " + columns,
                "CREATE TABLE plain " + columns,
                "CREATE VIEW seen AS SELECT * FROM plain");

        assertMismatch(connect("fast", Map.of()), "unlogged");
        assertMismatch(connect("seen", Map.of()), "a view");
    }

    @ParameterizedTest
    @CsvSource({
        "uuid, 0b8f2f5e-6a5f-4b43-9f3f-0c5b8d7f1a2b, 0B8F2F5E-6A5F-4B43-9F3F-0C5B8D7F1A2B",
        "bigint, 42, 042",
        "int, -1, +1"
    })
    void nativeKey_keepsItsOneSpelling(String type, String id, String other) throws Exception {
        engine.run(
                "CREATE TABLE keyed (id " + type + " PRIMARY KEY, text text, metadata jsonb, embedding vector(3))",
                "INSERT INTO keyed VALUES ('" + id + "', 't', '{}', '[1,2,3]')");
        VectorIndex index = open("keyed", Map.of());
        StoredDocument stands = fetch(index, id);

        List<Outcome> outcomes = write(
                index,
                new IndexWrite.Put(stands),
                new IndexWrite.Put(new StoredDocument(Key.of(other), Stamp.NONE, "t", Map.of(), Map.of())),
                new IndexWrite.Put(new StoredDocument(new Key("tenant", id), Stamp.NONE, "t", Map.of(), Map.of())));

        assertThat(outcomes.get(0)).isEqualTo(Outcome.APPLIED);
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Rejected.class);
        assertThat(outcomes.get(1).reason()).startsWith("id: " + other);
        assertThat(outcomes.get(2).reason()).startsWith("namespace: tenant");
        assertThat(engine.rows("SELECT count(*) FROM keyed")).containsExactly("1");
        assertThat(index.fetch(List.of(Key.of(other)), Projection.ALL, TIMEOUT).join())
                .isEmpty();
        assertThat(found(index, new Filter.IdIn(java.util.Set.of(id, other, "x"))))
                .containsExactly(id);
    }

    @Test
    void numbersOfOtherWriters_areFoundByTheDoubleThatTheyAre() throws Exception {
        engine.run(
                "CREATE TABLE numbers (id text PRIMARY KEY, text text, metadata jsonb, embedding vector(3))",
                "INSERT INTO numbers SELECT n::text, NULL, jsonb_build_object('v', n) FROM"
                        + " unnest(ARRAY[0.1, 5.684341886080802e-14, 1e21, 0.30000000000000004, 9007199254740994.0, -0.0]::numeric[]) n",
                "INSERT INTO numbers VALUES ('null', NULL, NULL, NULL)");
        VectorIndex index = open("numbers", Map.of());

        for (StoredDocument document : Scans.all(index, null, null, 100)) {
            Value value = document.metadata().get("v");
            if (value != null) {
                assertThat(found(index, IndexFixture.equal("v", value)))
                        .as("%s", value)
                        .contains(document.key().id());
            }
        }
        assertThat(found(index, new Filter.Not(IndexFixture.equal("v", Value.of(0.1)))))
                .hasSize(6);
    }

    // ---- Tables of frameworks, as their code creates them

    @Test
    void tableOfLangChain_isServedByCollection() throws Exception {
        engine.run(
                "CREATE TABLE langchain_pg_collection (uuid UUID PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, cmetadata JSON)",
                "CREATE TABLE langchain_pg_embedding (id VARCHAR PRIMARY KEY, collection_id UUID REFERENCES"
                        + " langchain_pg_collection (uuid) ON DELETE CASCADE, embedding VECTOR, document VARCHAR, cmetadata JSONB)",
                "CREATE INDEX ix_cmetadata_gin ON langchain_pg_embedding USING gin (cmetadata jsonb_path_ops)",
                "INSERT INTO langchain_pg_collection VALUES ('" + UUID + "', 'ours'), (gen_random_uuid(), 'theirs')",
                "INSERT INTO langchain_pg_embedding SELECT name || n, uuid, '[1,2,3]', 'text ' || n, '{\"page\": 1}'"
                        + " FROM langchain_pg_collection, generate_series(1, 3) n");
        VectorIndex index = open(
                "langchain_pg_embedding",
                Map.of("text_column", "document", "metadata", "cmetadata", "fixed", Map.of("collection_id", UUID)));

        assertServed(index, "ours1", Map.of("page", Value.of(1)), 3);
        assertThat(write(
                                index,
                                new IndexWrite.Put(
                                        new StoredDocument(Key.of("theirs1"), Stamp.NONE, "t", Map.of(), Map.of())))
                        .get(0)
                        .reason())
                .contains("does not belong to this index");
        assertThat(write(index, new IndexWrite.Remove(Key.of("theirs1")))).containsExactly(Outcome.NOT_FOUND);
        assertThat(engine.rows("SELECT count(*), min(document) FROM langchain_pg_embedding WHERE id LIKE 'theirs%'"))
                .containsExactly("3|text 1");
        assertThat(engine.rows("SELECT collection_id FROM langchain_pg_embedding WHERE id = 'new'"))
                .containsExactly(UUID);
        index.setAttribute("role", "primary", TIMEOUT).join();
        VectorIndex other = open(
                "langchain_pg_embedding",
                Map.of(
                        "text_column", "document",
                        "metadata", "cmetadata",
                        "fixed",
                                Map.of(
                                        "collection_id",
                                        engine.rows("SELECT uuid FROM langchain_pg_collection WHERE name = 'theirs'")
                                                .get(0))));
        assertThat(other.attributes(TIMEOUT).join()).isEmpty();
        assertThat(index.attributes(TIMEOUT).join()).isEqualTo(Map.of("role", "primary"));
    }

    @Test
    void tableOfLlamaIndex_isServedByNodeId_onceThatIsUnique() throws Exception {
        engine.run(
                "CREATE TABLE data_llamaindex (id BIGSERIAL PRIMARY KEY, text VARCHAR NOT NULL, metadata_ JSONB, node_id VARCHAR,"
                        + " embedding VECTOR(3))",
                "INSERT INTO data_llamaindex (text, metadata_, node_id, embedding) SELECT 'text ' || n,"
                        + " '{\"doc\": \"d\", \"_node_content\": \"{}\"}', 'node' || n, '[1,2,3]' FROM generate_series(1, 3) n");
        Map<String, Object> options = Map.of("id", "node_id", "metadata", "metadata_");
        assertMismatch(connect("data_llamaindex", options), "column node_id: may be NULL");
        engine.run("ALTER TABLE data_llamaindex ALTER node_id SET NOT NULL");
        assertMismatch(connect("data_llamaindex", options), "CREATE UNIQUE INDEX ON");
        engine.run("CREATE UNIQUE INDEX ON data_llamaindex (node_id)");

        VectorIndex index = open("data_llamaindex", options);

        assertServed(index, "node1", Map.of("doc", Value.of("d"), "_node_content", Value.of("{}")), 3);
        assertThat(write(
                                index,
                                new IndexWrite.Put(
                                        new StoredDocument(Key.of("x"), Stamp.NONE, null, Map.of(), Map.of())))
                        .get(0)
                        .reason())
                .contains("\"text\"");
    }

    @Test
    void tableOfSpringAi_isServed() throws Exception {
        engine.run(
                "CREATE TABLE vector_store (id uuid DEFAULT gen_random_uuid() PRIMARY KEY, content text, metadata json, embedding vector(3))",
                "CREATE INDEX spring_ai_vector_index ON vector_store USING HNSW (embedding vector_cosine_ops)",
                "INSERT INTO vector_store VALUES ('" + UUID
                        + "', 'text 1', '{\"source\": \"a.pdf\", \"page\": 1}', '[1,2,3]')",
                "INSERT INTO vector_store (content, metadata, embedding) SELECT 'text', '{}', '[1,2,3]' FROM generate_series(1, 2)");

        VectorIndex index = open("vector_store", Map.of("text_column", "content"));

        assertServed(index, UUID, Map.of("source", Value.of("a.pdf"), "page", Value.of(1)), 3);
    }

    @Test
    void tableOfLangChain4j_isServed_withMetadataAsJsonOrAsColumns() throws Exception {
        engine.run(
                "CREATE TABLE embeddings (embedding_id UUID PRIMARY KEY, embedding vector(3), text TEXT NULL, metadata JSON NULL)",
                "INSERT INTO embeddings VALUES ('" + UUID + "', '[1,2,3]', 'text 1', '{\"a\": 1}')",
                "INSERT INTO embeddings SELECT gen_random_uuid(), '[1,2,3]', NULL, NULL FROM generate_series(1, 2)",
                "CREATE TABLE columnar (embedding_id UUID PRIMARY KEY, embedding vector(3), text TEXT NULL, a int, b text NULL)",
                "INSERT INTO columnar VALUES ('" + UUID + "', '[1,2,3]', 'text 1', 1, NULL)",
                "INSERT INTO columnar (embedding_id) SELECT gen_random_uuid() FROM generate_series(1, 2)");

        assertServed(open("embeddings", Map.of("id", "embedding_id")), UUID, Map.of("a", Value.of(1)), 3);
        assertServed(
                open("columnar", Map.of("id", "embedding_id", "metadata", "", "metadata_columns", List.of("a", "b"))),
                UUID,
                Map.of("a", Value.of(1)),
                3);
    }

    /** Read, found, patched, written back and added to; upserting what is there changes no count. */
    private static void assertServed(VectorIndex index, String id, Map<String, Value> metadata, int rows) {
        StoredDocument first = fetch(index, id);
        assertThat(first.text()).isEqualTo("text 1");
        assertThat(first.metadata()).isEqualTo(metadata);
        List<StoredDocument> all = Scans.all(index, null, null, 2);
        assertThat(all).hasSize(rows);
        assertThat(index.write(all.stream().<IndexWrite>map(IndexWrite.Put::new).toList(), TIMEOUT)
                        .join())
                .containsOnly(Outcome.APPLIED);
        assertThat(Scans.all(index, null, null, 2)).isEqualTo(all);
        List<Hit> hits = index.query(
                        new VectorQuery(
                                "",
                                "",
                                Embedding.of(1, 2, 3),
                                10,
                                0,
                                new Filter.IdIn(java.util.Set.of(id)),
                                -2,
                                Projection.ALL,
                                Map.of()),
                        TIMEOUT)
                .join();
        assertThat(hits)
                .singleElement()
                .satisfies(hit -> assertThat(hit.document()).isEqualTo(first));
        Map.Entry<String, Value> any = metadata.entrySet().iterator().next();
        assertThat(index.count(IndexFixture.equal(any.getKey(), any.getValue()), TIMEOUT)
                        .join())
                .isPositive();
        String added = id.contains("-") ? "11111111-2222-4333-8444-555555555555" : "new";
        StoredDocument document = new StoredDocument(
                Key.of(added),
                new Stamp(9, Map.of("", "f:s")),
                "new text",
                metadata,
                Map.of("", Embedding.of(3, 2, 1)));
        assertThat(write(index, new IndexWrite.Put(document))).containsExactly(Outcome.APPLIED);
        assertThat(fetch(index, added)).isEqualTo(document);
        assertThat(index.count(null, TIMEOUT).join()).isEqualTo(rows + 1);
    }
}
