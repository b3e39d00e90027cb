package io.crossfade.proxy.driver.pgvector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.kit.index.Scans;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A table that others change while it is used, and an engine that refuses, in one way or another. */
final class ChangedTableIT extends IndexFixture {
    @RegisterExtension
    final Engine engine = new Engine();

    @Override
    protected VectorIndex connect(io.crossfade.proxy.index.IndexDefinition definition) {
        return engine.index(definition, Map.of(), time);
    }

    private VectorIndex with(Map<String, Object> options) {
        return engine.index(DEFINITION, options, time);
    }

    private Outcome put(String id) {
        return write(new IndexWrite.Put(document(id, Map.of("n", Value.of(1)), vector(1))))
                .get(0);
    }

    private static void assertFails(CompletableFuture<?> call, IndexException.Kind kind, String message) {
        assertThatThrownBy(call::join).cause().isInstanceOfSatisfying(IndexException.class, e -> {
            assertThat(e).hasMessageContaining(message);
            assertThat(e.kind()).isEqualTo(kind);
        });
    }

    @Test
    void tableThatIsDropped_isMissing_andOneThatIsMadeAgainIsUsed_withoutTheOldNotes() throws Exception {
        assertThat(put("before")).isEqualTo(Outcome.APPLIED);
        index.setAttribute("epoch", "7", TIMEOUT).join();
        engine.run("DROP TABLE documents");

        assertThat(put("while")).isInstanceOf(Outcome.Failed.class);
        assertThat(put("while").reason()).contains("documents").contains("does not exist");
        assertFails(index.count(null, TIMEOUT), IndexException.Kind.MISSING, "does not exist");
        assertFails(
                index.fetch(List.of(Key.of("a")), Projection.ALL, TIMEOUT),
                IndexException.Kind.MISSING,
                "does not exist");

        index.create().join();
        assertThat(put("after")).isEqualTo(Outcome.APPLIED);
        assertThat(count(null)).isEqualTo(1);
        assertThat(index.attributes(TIMEOUT).join()).isEmpty();
    }

    @Test
    void tableThatIsTruncated_isEmpty() throws Exception {
        assertThat(put("before")).isEqualTo(Outcome.APPLIED);
        engine.run("TRUNCATE documents");

        assertThat(count(null)).isZero();
        assertThat(write(new IndexWrite.PatchMetadata(Key.of("before"), 1, MetadataPatch.NONE)))
                .containsExactly(Outcome.NOT_FOUND);
        assertThat(put("after")).isEqualTo(Outcome.APPLIED);
    }

    @Test
    void columnThatIsRenamed_isAMismatch_untilItIsBack() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(put("id" + i)).isEqualTo(Outcome.APPLIED);
            assertThat(fetch("id" + i)).isNotNull();
        }
        engine.run("ALTER TABLE documents RENAME metadata TO meta");

        assertThat(put("while").reason()).contains("metadata");
        assertFails(
                index.fetch(List.of(Key.of("id1")), Projection.ALL, TIMEOUT), IndexException.Kind.MISMATCH, "metadata");
        assertFails(index.open(), IndexException.Kind.MISMATCH, "column metadata");

        engine.run("ALTER TABLE documents RENAME meta TO metadata");
        assertThat(put("after")).isEqualTo(Outcome.APPLIED);
        assertThat(fetch("id1")).isNotNull();
    }

    @Test
    void columnThatGetsAnotherType_isSaidSo_andReadOnceTheIndexIsOpenedAgain() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertThat(put("id" + i)).isEqualTo(Outcome.APPLIED);
            assertThat(fetch("id" + i)).isNotNull();
        }
        engine.run(
                "ALTER TABLE documents ALTER embedding TYPE vector(8), ALTER text TYPE varchar",
                "ALTER TABLE documents ADD more int");
        Awaitility.await()
                .atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(fetch("id1")).isNotNull());

        engine.run("ALTER TABLE documents DROP embedding", "ALTER TABLE documents ADD embedding vector(9)");
        assertThat(put("while")).isNotEqualTo(Outcome.APPLIED);
        assertFails(index.open(), IndexException.Kind.MISMATCH, "vector(9)");
    }

    @Test
    void connectionsThatTheServerEnds_areReplaced() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(put("id" + i)).isEqualTo(Outcome.APPLIED);
            engine.rows(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'crossfade'");
        }
        assertThat(count(null)).isEqualTo(5);
    }

    @Test
    void wrongUserAndDatabase_areSaidByName() {
        VectorIndex stranger = with(Map.of("user", "nobody_here"));
        assertFails(stranger.open(), IndexException.Kind.MISMATCH, "nobody_here");
        stranger.close();
        VectorIndex nowhere = with(Map.of("url", engine.url() + "_not"));
        assertFails(nowhere.open(), IndexException.Kind.MISSING, "does not exist");
        nowhere.close();
        VectorIndex closed = with(Map.of("url", "jdbc:postgresql://127.0.0.1:1/x", "connect_timeout", "500ms"));
        assertFails(closed.open(), IndexException.Kind.UNAVAILABLE, "127.0.0.1:1");
        assertThat(closed.capabilities().known()).isTrue();
        closed.close();
    }

    @Test
    void roleWithoutRights_isRefusedByTheEngine_andSaidSo() throws Exception {
        String role = "reader_" + engine.schema();
        engine.run(
                "CREATE ROLE " + role + " LOGIN",
                "GRANT USAGE ON SCHEMA " + engine.schema() + " TO " + role,
                "GRANT SELECT ON ALL TABLES IN SCHEMA " + engine.schema() + " TO " + role);
        VectorIndex reader = with(Map.of("user", role));
        try {
            reader.open().join();
            assertThat(reader.count(null, TIMEOUT).join()).isZero();
            assertThat(reader.write(List.of(new IndexWrite.Remove(Key.of("a"))), TIMEOUT)
                            .join())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.reason()).contains("permission denied"));
            engine.run("ALTER TABLE documents ENABLE ROW LEVEL SECURITY");
            assertFails(reader.open(), IndexException.Kind.MISMATCH, "row security");
        } finally {
            reader.close();
            engine.run("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void poolThatIsUsedUp_isExhausted_andFreeAgainAfterwards() throws Exception {
        VectorIndex small = with(Map.of("pool_size", 1, "connect_timeout", "250ms"));
        small.open().join();
        try (Connection other = engine.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE documents IN ACCESS EXCLUSIVE MODE");
            List<CompletableFuture<Long>> both = List.of(small.count(null, TIMEOUT), small.count(null, TIMEOUT));
            assertFails(
                    CompletableFuture.anyOf(both.get(0), both.get(1)), IndexException.Kind.EXHAUSTED, "not available");
            other.rollback();
            assertThat(both.stream()
                            .filter(call -> call.handle((count, failed) -> failed == null)
                                    .join()))
                    .hasSize(1);
        }
        assertThat(small.count(null, TIMEOUT).join()).isZero();
        small.close();
    }

    @Test
    void serverThatTakesNoWrites_isUnavailable() throws Exception {
        String database = engine.rows("SELECT current_database()").get(0);
        engine.run("ALTER DATABASE " + database + " SET default_transaction_read_only = on");
        try {
            VectorIndex other = with(Map.of());
            assertFails(other.open(), IndexException.Kind.UNAVAILABLE, "primary");
            other.close();
        } finally {
            engine.run(
                    "SET default_transaction_read_only = off",
                    "ALTER DATABASE " + database + " RESET default_transaction_read_only");
        }
        assertThat(count(null)).isZero();
    }

    @Test
    void twoWritersOfTheSameKeysInBothOrders_doNotFail() {
        List<IndexWrite> forth = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            forth.add(new IndexWrite.Put(document("id" + i, Map.of(), vector(i))));
        }
        List<IndexWrite> back = new ArrayList<>(forth);
        java.util.Collections.reverse(back);
        List<CompletableFuture<List<Outcome>>> running = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            running.add(index.write(i % 2 == 0 ? forth : back, TIMEOUT));
        }

        assertThat(running).allSatisfy(call -> assertThat(call.join()).containsOnly(Outcome.APPLIED));
    }

    @Test
    void triggerThatRefusesARow_rejectsThatDocumentAlone() throws Exception {
        engine.run(
                "CREATE FUNCTION " + engine.schema() + ".refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        + " IF NEW.text = 'bad' THEN RAISE EXCEPTION 'no bad texts'; END IF; RETURN NEW; END $$",
                "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON documents FOR EACH ROW EXECUTE FUNCTION "
                        + engine.schema() + ".refuse()");
        List<IndexWrite> writes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            writes.add(new IndexWrite.Put(
                    new StoredDocument(Key.of("id" + i), Stamp.NONE, i % 7 == 3 ? "bad" : "good", Map.of(), Map.of())));
        }

        List<Outcome> outcomes = index.write(writes, TIMEOUT).join();

        for (int i = 0; i < 20; i++) {
            if (i % 7 == 3) {
                assertThat(outcomes.get(i)).isInstanceOf(Outcome.Rejected.class);
                assertThat(outcomes.get(i).reason()).contains("no bad texts");
            } else {
                assertThat(outcomes.get(i)).isEqualTo(Outcome.APPLIED);
            }
        }
        assertThat(count(null)).isEqualTo(17);
    }

    @ParameterizedTest
    @CsvSource({"NaN, metadata.v: NaN", "Infinity, metadata.v: Infinity"})
    void numberThatJsonHasNot_isRejectedByName(double number, String reason) {
        assertThat(write(new IndexWrite.Put(document("a", Map.of("v", Value.of(number)), vector(1))))
                        .get(0)
                        .reason())
                .startsWith(reason);
    }

    @Test
    void keyThatIsTooLongForTheIndexOfTheTable_isRejected() {
        byte[] random = new byte[6_000];
        ThreadLocalRandom.current().nextBytes(random);
        String namespace = java.util.Base64.getEncoder().encodeToString(random);

        assertThat(write(
                        new IndexWrite.Put(document(new Key(namespace, "id"), Map.of(), vector(1))),
                        new IndexWrite.Put(document("good", Map.of(), vector(1)))))
                .satisfiesExactly(
                        bad -> assertThat(bad.reason()).contains("index row"),
                        good -> assertThat(good).isEqualTo(Outcome.APPLIED));
    }

    @Test
    void doublesOfAnySize_areReadBackBitForBit() {
        Map<String, Value> numbers = new HashMap<>();
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; i < 2_000; i++) {
            double number = Double.longBitsToDouble(random.nextLong());
            numbers.put("r" + i, Value.of(Double.isFinite(number) ? number : 0));
            numbers.put("i" + i, Value.of(random.nextLong() >> random.nextInt(64)));
        }
        for (double edge :
                List.of(-0.0, 0.0, Double.MIN_VALUE, -Double.MIN_VALUE, Double.MAX_VALUE, 1e21, 1e22, 1e23, 9.5e15)) {
            numbers.put("e" + edge, Value.of(edge));
        }
        put(document("a", numbers, vector(1)));

        assertThat(java.util.Objects.requireNonNull(fetch("a")).metadata()).isEqualTo(numbers);
    }

    // ---- Searches

    private void putMany(int count) {
        for (int from = 0; from < count; from += 500) {
            List<StoredDocument> documents = new ArrayList<>();
            for (int i = from; i < from + 500; i++) {
                documents.add(document("id" + i, Map.of("rare", Value.of(i % 500 == 0), "n", Value.of(i)), vector(i)));
            }
            put(documents.toArray(StoredDocument[]::new));
        }
    }

    /** With the index, and as many hits as there are, though it gives up long before it has seen enough rows. */
    @Test
    void searchWithARareFilterInALargeTable_findsAllThatMatch() throws Exception {
        putMany(3_000);
        engine.run("ANALYZE documents");
        assertThat(engine.rows("EXPLAIN SELECT id FROM documents WHERE namespace = '' ORDER BY embedding <=> '"
                        + List.of(vector(1).toFloats()[0], 1, 1, 1, 1, 1, 1, 1) + "' LIMIT 10"))
                .anyMatch(line -> line.contains("Index Scan using documents_embedding_idx"));

        assertThat(query(nearest("", vector(77), 10, 0, equal("rare", Value.of(true)), -2)))
                .hasSize(6);
        assertThat(ids(query(nearest(vector(77), 3)))).startsWith("id77");
        assertThat(query(nearest(vector(77), 1_000))).hasSize(1_000);
        assertThat(query(nearest("", vector(77), 500, 1_000, null, -2))).hasSize(500);
        assertThat(ids(query(nearest("", vector(77), 400, 100, null, -2))))
                .isEqualTo(ids(query(nearest(vector(77), 500))).subList(100, 500));
    }

    @Test
    void paramEf_isTaken_andOthersAreRefusedByName() {
        put(document("a", Map.of(), vector(1)));

        assertThat(ids(query(params(Map.of("ef", Value.of(7)))))).containsExactly("a");
        assertFails(
                index.query(params(Map.of("ef", Value.of(0))), TIMEOUT), IndexException.Kind.INVALID, "params.ef: ");
        assertFails(
                index.query(params(Map.of("ef", Value.of("7"))), TIMEOUT), IndexException.Kind.INVALID, "params.ef: ");
        assertFails(
                index.query(params(Map.of("probes", Value.of(7))), TIMEOUT),
                IndexException.Kind.INVALID,
                "params.probes: unknown");
    }

    private static VectorQuery params(Map<String, Value> params) {
        return new VectorQuery("", "", vector(1), 5, 0, null, -2, Projection.STAMP, params);
    }

    @Test
    void zeroQueryUnderCosine_scoresZeroWithAll() {
        put(document("a", Map.of(), vector(1)), document("b", Map.of(), vector(2)));

        assertThat(query(nearest(Embedding.of(new float[DIMENSIONS]), 5)))
                .hasSize(2)
                .allSatisfy(hit -> assertThat(hit.score()).isZero());
    }

    /** An update of metadata stays on its page: no index, and least of all that of the vectors, learns of it. */
    @Test
    void metadataUpdate_leavesTheIndexOfVectorsAlone() throws Exception {
        putMany(500);
        for (int i = 0; i < 200; i++) {
            write(new IndexWrite.PatchMetadata(Key.of("id" + i), i, MetadataPatch.set(Map.of("n", Value.of(-i)))));
        }
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            String[] counts = engine.rows(
                            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'documents'"
                                    + " AND schemaname = '" + engine.schema() + "'")
                    .get(0)
                    .split("\\|");
            assertThat(Integer.parseInt(counts[0])).isEqualTo(200);
            assertThat(Integer.parseInt(counts[1])).isGreaterThan(150);
        });
    }

    @Test
    void vectors_areSentAndReadInBinary() throws Exception {
        put(document("a", Map.of(), vector(1)));
        for (int i = 0; i < 10; i++) {
            assertThat(Scans.all(index, null, null, 10)).hasSize(1);
        }
        assertThat(engine.rows("SELECT vector_send(embedding) = decode('00080000" + hex(vector(1))
                        + "', 'hex') FROM documents"))
                .containsExactly("t");
    }

    private static String hex(Embedding vector) {
        StringBuilder hex = new StringBuilder();
        for (float value : vector.toFloats()) {
            hex.append(String.format(java.util.Locale.ROOT, "%08x", Float.floatToIntBits(value)));
        }
        return hex.toString();
    }
}
