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
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tables of others have beside columns: partitions, policies, triggers, rules, owners, and schemas with odd names. */
final class TableFeaturesIT {
    private static final Duration TIMEOUT = IndexFixture.TIMEOUT;
    private static final Space SPACE = IndexFixture.space("three", 3, Space.Metric.COSINE);
    private static final String COLUMNS = "id text NOT NULL, text text, metadata jsonb, embedding vector(3)";

    @RegisterExtension
    final Engine engine = new Engine();

    private final SystemTime time = new SystemTime();
    private final List<VectorIndex> open = new ArrayList<>();
    private final List<String> afterwards = new ArrayList<>();

    @BeforeEach
    void makeSchema() throws Exception {
        engine.run("CREATE EXTENSION IF NOT EXISTS vector", "CREATE SCHEMA " + engine.schema());
    }

    @AfterEach
    void close() throws Exception {
        open.forEach(VectorIndex::close);
        time.close();
        engine.run(afterwards.toArray(String[]::new));
    }

    private VectorIndex connect(String table, Map<String, Object> options) {
        VectorIndex index = engine.index(IndexFixture.definition(table, Map.of("", SPACE)), options, time);
        open.add(index);
        return index;
    }

    private VectorIndex open(String table, Map<String, Object> options) {
        VectorIndex index = connect(table, options);
        index.open().join();
        return index;
    }

    private VectorIndex openPlain() throws Exception {
        engine.run("CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))");
        return open("docs", Map.of());
    }

    private static StoredDocument document(Key key, String text, Map<String, Value> metadata) {
        return new StoredDocument(key, Stamp.NONE, text, metadata, Map.of("", Embedding.of(1, 2, 3)));
    }

    private static IndexWrite put(String id, String text) {
        return new IndexWrite.Put(document(Key.of(id), text, Map.of("n", Value.of(1))));
    }

    private static List<Outcome> write(VectorIndex index, IndexWrite... writes) {
        return index.write(List.of(writes), TIMEOUT).join();
    }

    private static @Nullable StoredDocument fetch(VectorIndex index, Key key) {
        return index.fetch(List.of(key), Projection.ALL, TIMEOUT).join().get(key);
    }

    private static void assertFails(Runnable call, IndexException.Kind kind, String... parts) {
        assertThatThrownBy(call::run).cause().isInstanceOfSatisfying(IndexException.class, e -> {
            assertThat(e.getMessage()).contains(parts);
            assertThat(e.kind()).isEqualTo(kind);
        });
    }

    private static void assertRefused(VectorIndex index, String... parts) {
        assertFails(() -> index.open().join(), IndexException.Kind.MISMATCH, parts);
    }

    /** Written, stamped, patched, found, counted and removed. */
    private static void assertWorks(VectorIndex index, String namespace) {
        List<IndexWrite> writes = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            writes.add(new IndexWrite.Put(new StoredDocument(
                    new Key(namespace, "id" + i),
                    new Stamp(i + 1, Map.of("", "f:s")),
                    "text " + i,
                    Map.of("n", Value.of(i)),
                    Map.of("", Embedding.of(1, 2, i)))));
        }
        assertThat(index.write(writes, TIMEOUT).join()).containsOnly(Outcome.APPLIED);
        assertThat(index.write(writes, TIMEOUT).join()).containsOnly(Outcome.APPLIED);
        assertThat(index.count(null, TIMEOUT).join()).isEqualTo(40);
        Key key = new Key(namespace, "id7");
        MetadataPatch patch = new MetadataPatch(Map.of("more", Value.of("x")), List.of("n"), false);
        assertThat(write(index, new IndexWrite.PatchMetadata(key, 99, patch))).containsExactly(Outcome.APPLIED);
        assertThat(fetch(index, key)).satisfies(stands -> {
            assertThat(stands.metadata()).isEqualTo(Map.of("more", Value.of("x")));
            assertThat(stands.version()).isEqualTo(99);
        });
        assertThat(Scans.all(index, null, null, 7)).hasSize(40);
        assertThat(index.query(
                                new VectorQuery(
                                        namespace,
                                        "",
                                        Embedding.of(1, 2, 39),
                                        5,
                                        0,
                                        null,
                                        -2,
                                        Projection.ALL,
                                        Map.of()),
                                TIMEOUT)
                        .join()
                        .get(0)
                        .document()
                        .key())
                .isEqualTo(new Key(namespace, "id39"));
        assertThat(write(index, new IndexWrite.Remove(key))).containsExactly(Outcome.APPLIED);
        assertThat(write(index, new IndexWrite.Remove(key))).containsExactly(Outcome.NOT_FOUND);
        assertThat(index.count(null, TIMEOUT).join()).isEqualTo(39);
    }

    // ---- Partitions

    @Test
    void tableThatIsPartitionedByHashOfTheId_works() throws Exception {
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id)) PARTITION BY HASH (id)",
                "CREATE TABLE docs_0 PARTITION OF docs FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                "CREATE TABLE docs_1 PARTITION OF docs FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
                "CREATE INDEX ON docs USING hnsw (embedding vector_cosine_ops)");

        assertWorks(open("docs", Map.of()), "");
        assertThat(engine.rows("SELECT count(*) > 0 FROM docs_0 UNION ALL SELECT count(*) > 0 FROM docs_1"))
                .containsExactly("t", "t");
    }

    @Test
    void tableThatIsPartitionedByTheNamespace_works_andADocumentWithoutAPartitionIsRejectedAlone() throws Exception {
        engine.run(
                "CREATE TABLE docs (tenant text NOT NULL, " + COLUMNS
                        + ", PRIMARY KEY (tenant, id)) PARTITION BY LIST (tenant)",
                "CREATE TABLE docs_a PARTITION OF docs FOR VALUES IN ('a')");
        VectorIndex index = open("docs", Map.of("namespace", "tenant"));
        assertWorks(index, "a");

        assertThat(write(
                        index,
                        new IndexWrite.Put(document(new Key("b", "x"), "text", Map.of())),
                        new IndexWrite.Put(document(new Key("a", "x"), "text", Map.of()))))
                .satisfiesExactly(
                        bad -> assertThat(bad)
                                .isInstanceOfSatisfying(
                                        Outcome.Rejected.class,
                                        rejected ->
                                                assertThat(rejected.reason()).contains("no partition")),
                        good -> assertThat(good).isEqualTo(Outcome.APPLIED));
    }

    /** Its unique indexes have to have the partition's column, so that two rows may have one id. One partition may do. */
    @Test
    void tableThatIsPartitionedByAColumnBesideTheKey_isRefusedByThatColumn_andItsPartitionsAreNot() throws Exception {
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", added date NOT NULL DEFAULT '2026-01-05', PRIMARY KEY (id, added))"
                        + " PARTITION BY RANGE (added)",
                "CREATE TABLE docs_2026 PARTITION OF docs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
                "CREATE UNIQUE INDEX ON docs_2026 (id)");

        assertRefused(connect("docs", Map.of()), "docs", "partitioned by RANGE (added)");
        assertWorks(open("docs_2026", Map.of()), "");
    }

    @Test
    void partitionThatDoesNotSurviveACrash_isRefusedByName() throws Exception {
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id)) PARTITION BY HASH (id)",
                "CREATE TABLE docs_0 PARTITION OF docs FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
                "CREATE UNLOGGED TABLE docs_1 PARTITION OF docs FOR VALUES WITH (MODULUS 2, REMAINDER 1)");

        assertRefused(connect("docs", Map.of()), "docs_1", "unlogged");
    }

    @Test
    void tableThatOthersInheritFrom_isRefusedByName_forTheyMayHaveTheSameIds() throws Exception {
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))",
                "CREATE TABLE more () INHERITS (docs)",
                "INSERT INTO docs (id) VALUES ('a')",
                "INSERT INTO more (id) VALUES ('a')");

        assertRefused(connect("docs", Map.of()), "docs", "more", "inherit");
    }

    // ---- Row security

    @Test
    void policyThatHidesRows_isRefusedAtConnect_forTheOwnerToo_whereItIsForced() throws Exception {
        String role = role("owner");
        engine.run(
                "GRANT ALL ON SCHEMA " + engine.schema() + " TO " + role,
                "CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))",
                "ALTER TABLE docs OWNER TO " + role,
                "ALTER TABLE docs ENABLE ROW LEVEL SECURITY");
        open("docs", Map.of("user", role));
        engine.run("ALTER TABLE docs FORCE ROW LEVEL SECURITY");

        assertRefused(connect("docs", Map.of("user", role)), "docs", "row security");
    }

    @Test
    void policyThatIsMadeWhileTheIndexIsUsed_isSaid_andNoRowIsMissedInSilence() throws Exception {
        String role = role("reader");
        engine.run(
                "GRANT USAGE, CREATE ON SCHEMA " + engine.schema() + " TO " + role,
                "CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON docs TO " + role,
                "INSERT INTO docs (id) VALUES ('a'), ('b')");
        VectorIndex index = open("docs", Map.of("user", role));
        assertThat(index.count(null, TIMEOUT).join()).isEqualTo(2);

        engine.run(
                "ALTER TABLE docs ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY hides ON docs USING (id = 'a' OR id = 'c')");

        assertFails(() -> index.count(null, TIMEOUT).join(), IndexException.Kind.MISMATCH, "row-level security");
        assertFails(() -> Scans.all(index, null, null, 10), IndexException.Kind.MISMATCH, "row-level security");
        assertThat(write(index, new IndexWrite.Remove(Key.of("b"))).get(0))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).contains("row-level security"));
        engine.run("ALTER TABLE docs DISABLE ROW LEVEL SECURITY");
        assertThat(index.count(null, TIMEOUT).join()).isEqualTo(2);
    }

    // ---- Triggers and rules

    private void trigger(String name, String when, String body) throws Exception {
        engine.run(
                "CREATE FUNCTION " + engine.schema() + "." + name + "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        + body + " END $$",
                "CREATE " + (when.contains("DEFERRED") ? "CONSTRAINT " : "") + "TRIGGER \"" + name + "\" "
                        + when.replace("DEFERRED", "").strip() + " ON docs "
                        + (when.contains("DEFERRED") ? "DEFERRABLE INITIALLY DEFERRED " : "")
                        + "FOR EACH ROW EXECUTE FUNCTION " + engine.schema() + "." + name + "()");
    }

    @Test
    void triggersOfColumnsThatTheIndexDoesNotKnow_work() throws Exception {
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", updated_at timestamptz, words tsvector, PRIMARY KEY (id))",
                "CREATE TABLE audit (id text, op text)",
                "CREATE TRIGGER words BEFORE INSERT OR UPDATE ON docs FOR EACH ROW EXECUTE FUNCTION"
                        + " tsvector_update_trigger(words, 'pg_catalog.english', text)");
        trigger("touch", "BEFORE INSERT OR UPDATE", "NEW.updated_at = now(); RETURN NEW;");
        trigger(
                "audit",
                "AFTER INSERT OR UPDATE OR DELETE",
                "INSERT INTO " + engine.schema() + ".audit VALUES (COALESCE(NEW.id, OLD.id), TG_OP); RETURN NULL;");

        assertWorks(open("docs", Map.of()), "");
        assertThat(engine.rows("SELECT count(*) FROM docs WHERE updated_at IS NULL OR words IS NULL"))
                .containsExactly("0");
        assertThat(engine.rows("SELECT count(*) FROM audit WHERE op = 'DELETE'"))
                .containsExactly("1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "BEFORE INSERT OR UPDATE ~ IF NEW.id = 'bad' THEN NEW.text = upper(NEW.text); END IF; RETURN NEW; ~ text",
                "BEFORE INSERT OR UPDATE ~ IF NEW.id = 'bad' THEN NEW.metadata = NEW.metadata || '{\"by\": 1}'; END IF; RETURN NEW; ~ metadata.by",
                "BEFORE INSERT OR UPDATE ~ IF NEW.id = 'bad' THEN NEW.embedding = '[3,2,1]'; END IF; RETURN NEW; ~ vector",
                "BEFORE INSERT OR UPDATE ~ IF NEW.id = 'bad' THEN NEW.id = 'other'; END IF; RETURN NEW; ~ not there",
                "BEFORE INSERT OR UPDATE ~ IF NEW.id = 'bad' THEN RETURN NULL; END IF; RETURN NEW; ~ not there",
                "AFTER INSERT OR UPDATE ~ IF NEW.id = 'bad' AND NEW.text = 'new' THEN UPDATE SCHEMA.docs SET text = 'x' WHERE id = 'bad'; END IF; RETURN NULL; ~ text",
                "AFTER INSERT OR UPDATE DEFERRED ~ IF NEW.id = 'bad' AND NEW.text = 'new' THEN DELETE FROM SCHEMA.docs WHERE id = 'bad'; END IF; RETURN NULL; ~ not there",
            })
    void triggerThatChangesWhatIsWritten_rejectsThatDocumentAlone_byNameOfTriggerAndColumn(
            String when, String body, String column) throws Exception {
        engine.run("CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))");
        trigger("normalise", when, body.replace("SCHEMA", engine.schema()));
        VectorIndex index = open("docs", Map.of());

        assertThat(write(index, put("a", "new"), put("bad", "new"), put("c", "new")))
                .satisfiesExactly(
                        good -> assertThat(good).isEqualTo(Outcome.APPLIED),
                        bad -> assertThat(bad)
                                .isInstanceOfSatisfying(
                                        Outcome.Rejected.class,
                                        rejected ->
                                                assertThat(rejected.reason()).contains("normalise", column)),
                        good -> assertThat(good).isEqualTo(Outcome.APPLIED));
        assertThat(engine.rows("SELECT id, text FROM docs ORDER BY id")).containsExactly("a|new", "c|new");
    }

    @Test
    void triggerThatChangesWhatAPatchSets_rejectsThePatch_andTheRowStaysAsItWas() throws Exception {
        VectorIndex index = openPlain();
        assertThat(write(index, put("a", "text"))).containsExactly(Outcome.APPLIED);
        trigger("keep", "BEFORE UPDATE", "NEW.metadata = OLD.metadata; RETURN NEW;");
        VectorIndex again = open("docs", Map.of());

        MetadataPatch set = new MetadataPatch(Map.of("n", Value.of(2)), List.of(), false);
        MetadataPatch remove = new MetadataPatch(Map.of(), List.of("n"), false);
        MetadataPatch replace = new MetadataPatch(Map.of(), List.of(), true);
        for (MetadataPatch patch : List.of(set, remove, replace)) {
            assertThat(write(again, new IndexWrite.PatchMetadata(Key.of("a"), 5, patch))
                            .get(0))
                    .isInstanceOfSatisfying(
                            Outcome.Rejected.class,
                            rejected -> assertThat(rejected.reason()).contains("keep", "metadata.n"));
        }
        MetadataPatch same = new MetadataPatch(Map.of("n", Value.of(1)), List.of("not there"), false);
        assertThat(write(again, new IndexWrite.PatchMetadata(Key.of("a"), 6, same)))
                .containsExactly(Outcome.APPLIED);
        assertThat(write(again, new IndexWrite.PatchMetadata(Key.of("none"), 6, same)))
                .containsExactly(Outcome.NOT_FOUND);
    }

    @Test
    void triggerThatKeepsARowInstead_isNotADeletion() throws Exception {
        engine.run("CREATE TABLE docs (" + COLUMNS + ", gone timestamptz, PRIMARY KEY (id))");
        trigger(
                "soft_delete",
                "BEFORE DELETE",
                "UPDATE " + engine.schema() + ".docs SET gone = now() WHERE id = OLD.id; RETURN NULL;");
        VectorIndex index = open("docs", Map.of());
        assertThat(write(index, put("a", "text"))).containsExactly(Outcome.APPLIED);

        assertThat(write(index, new IndexWrite.Remove(Key.of("a"))).get(0))
                .isInstanceOfSatisfying(
                        Outcome.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("soft_delete", "still there"));
        assertThat(write(index, new IndexWrite.Remove(Key.of("none")))).containsExactly(Outcome.NOT_FOUND);
    }

    @Test
    void triggerThatIsMadeWhileTheIndexIsUsed_isSeenSoon() throws Exception {
        VectorIndex index = openPlain();
        assertThat(write(index, put("a", "text"))).containsExactly(Outcome.APPLIED);
        trigger("shout", "BEFORE INSERT OR UPDATE", "NEW.text = upper(NEW.text); RETURN NEW;");

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(write(index, put("a", "text")).get(0)).isInstanceOf(Outcome.Rejected.class));
        engine.run("DROP TRIGGER shout ON docs");
        assertThat(write(index, put("a", "text"))).containsExactly(Outcome.APPLIED);
        assertThat(fetch(index, Key.of("a"))).extracting(StoredDocument::text).isEqualTo("text");
    }

    @Test
    void triggerWithACodeOfItsOwn_rejectsThatDocumentAlone() throws Exception {
        engine.run("CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))");
        trigger(
                "refuse",
                "BEFORE INSERT",
                "IF NEW.id = 'bad' THEN RAISE EXCEPTION 'not this one' USING ERRCODE = 'MY001'; END IF; RETURN NEW;");

        assertThat(write(open("docs", Map.of()), put("a", "t"), put("bad", "t")))
                .satisfiesExactly(
                        good -> assertThat(good).isEqualTo(Outcome.APPLIED),
                        bad -> assertThat(bad)
                                .isInstanceOfSatisfying(
                                        Outcome.Rejected.class,
                                        rejected ->
                                                assertThat(rejected.reason()).contains("not this one")));
    }

    @Test
    void tableWithARule_isRefusedByItsName() throws Exception {
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))",
                "CREATE RULE keep AS ON DELETE TO docs DO INSTEAD NOTHING");

        assertRefused(connect("docs", Map.of()), "docs", "rule keep");
    }

    // ---- Columns, schemas, owners

    @Test
    void generatedColumns_areFilledByTheEngine() throws Exception {
        engine.run(
                "CREATE TABLE docs (" + COLUMNS
                        + ", words tsvector GENERATED ALWAYS AS (to_tsvector('english', COALESCE(text, ''))) STORED NOT NULL,"
                        + " size int GENERATED ALWAYS AS (length(text)) STORED, row bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id))");

        assertWorks(open("docs", Map.of()), "");
        assertThat(engine.rows("SELECT size, words FROM docs WHERE id = 'id3'")).containsExactly("6|'3':2 'text':1");
        assertRefused(connect("docs", Map.of("metadata_columns", List.of("size"))), "column size", "generated");
    }

    @ParameterizedTest
    @CsvSource({"id, varchar(4), false", "brand, varchar(4), true", "text, varchar(4), false"})
    void spacesThatTheColumnWouldCutOff_areRejected(String column, String type, boolean isMetadata) throws Exception {
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", brand text, PRIMARY KEY (id))",
                "ALTER TABLE docs ALTER " + column + " TYPE " + type);
        VectorIndex index = open("docs", Map.of("metadata_columns", List.of("brand")));
        assertThat(write(index, put("abcd", "abcd"))).containsExactly(Outcome.APPLIED);

        StoredDocument longer = document(
                Key.of(column.equals("id") ? "abcd " : "x"),
                column.equals("text") ? "abcd " : "text",
                isMetadata ? Map.of("brand", Value.of("abcd ")) : Map.of());
        assertThat(write(index, new IndexWrite.Put(longer)).get(0)).isInstanceOf(Outcome.Rejected.class);
        assertThat(fetch(index, longer.key())).isNull();
        assertThat(fetch(index, Key.of("abcd")))
                .extracting(StoredDocument::text)
                .isEqualTo("abcd");
    }

    @Test
    void schemaTableAndColumnsWithOddNames_work() throws Exception {
        String schema = "Odd \"" + engine.schema() + "\" Schéma";
        String quoted = Sql.name(schema);
        afterwards.add("DROP SCHEMA " + quoted + " CASCADE");
        engine.run(
                "CREATE SCHEMA " + quoted,
                "CREATE TYPE " + quoted + ".\"Kind\" AS ENUM ('A', 'B')",
                "CREATE TABLE " + quoted + ".\"My Docs\" (\"Id\" text PRIMARY KEY, \"Text?\" text, \"Meta'data\" jsonb,"
                        + " \"Vec\"\"tor\" vector(3), kind " + quoted + ".\"Kind\" NOT NULL)",
                "CREATE INDEX ON " + quoted + ".\"My Docs\" USING hnsw (\"Vec\"\"tor\" vector_cosine_ops)");
        VectorIndex index = open(
                "odd",
                Map.of(
                        "schema", schema,
                        "table", "My Docs",
                        "id", "Id",
                        "text_column", "Text?",
                        "metadata", "Meta'data",
                        "vectors", Map.of("", Map.of("column", "Vec\"tor")),
                        "fixed", Map.of("kind", "B")));

        assertWorks(index, "");
        index.setAttribute("role", "primary", TIMEOUT).join();
        assertThat(index.attributes(TIMEOUT).join()).isEqualTo(Map.of("role", "primary"));
    }

    private String role(String name) throws Exception {
        String role = name + "_" + engine.schema();
        engine.run("CREATE ROLE " + role + " LOGIN");
        afterwards.add("DROP OWNED BY " + role + " CASCADE");
        afterwards.add("DROP ROLE " + role);
        return role;
    }

    @Test
    void tableOfSomebodyElse_works_withTheFourRightsAndCreate() throws Exception {
        String role = role("guest");
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))",
                "GRANT USAGE, CREATE ON SCHEMA " + engine.schema() + " TO " + role,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON docs TO " + role);

        VectorIndex index = open("docs", Map.of("user", role));
        assertWorks(index, "");
        index.setAttribute("role", "primary", TIMEOUT).join();
        connect("docs", Map.of("user", role)).create().join();
    }

    @Test
    void tableOfSomebodyElse_withoutCreate_needsTheTwoTablesMadeForIt_andSaysSo() throws Exception {
        String role = role("guest");
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))",
                "GRANT USAGE ON SCHEMA " + engine.schema() + " TO " + role,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON docs TO " + role);
        VectorIndex index = open("docs", Map.of("user", role));
        assertThat(write(index, put("a", "not stamped"))).containsExactly(Outcome.APPLIED);
        IndexWrite stamped = new IndexWrite.Put(
                new StoredDocument(Key.of("a"), new Stamp(1, Map.of()), "stamped", Map.of(), Map.of()));
        assertThat(write(index, stamped).get(0))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).contains("docs_cf", "permission denied"));
        assertFails(
                () -> index.setAttribute("role", "primary", TIMEOUT).join(),
                IndexException.Kind.MISMATCH,
                "permission denied");
        assertThat(write(index, new IndexWrite.Remove(Key.of("a")))).containsExactly(Outcome.APPLIED);

        // As docs/engines.md says
        engine.run(
                "CREATE TABLE docs_cf (id text COLLATE \"C\" PRIMARY KEY, version bigint NOT NULL, provenance jsonb,"
                        + " written jsonb)",
                "CREATE TABLE crossfade_attributes (relation oid, part text, name text, value text NOT NULL,"
                        + " PRIMARY KEY (relation, part, name))",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON docs_cf, crossfade_attributes TO " + role);
        VectorIndex again = connect("docs", Map.of("user", role));
        again.create().join();
        assertWorks(again, "");
        again.setAttribute("role", "primary", TIMEOUT).join();
        assertThat(again.attributes(TIMEOUT).join()).isEqualTo(Map.of("role", "primary"));
    }

    @Test
    void whatIsNoTable_isRefusedByWhatItIs() throws Exception {
        engine.run(
                "CREATE TABLE docs (" + COLUMNS + ", PRIMARY KEY (id))",
                "CREATE VIEW seen AS SELECT * FROM docs",
                "CREATE MATERIALIZED VIEW kept AS SELECT * FROM docs",
                "CREATE SEQUENCE counted");

        assertRefused(connect("seen", Map.of()), "seen", "a view", "a table");
        assertRefused(connect("kept", Map.of()), "kept", "a materialized view", "a table");
        assertRefused(connect("counted", Map.of()), "counted", "a sequence", "a table");
    }

    // ---- Changed while it is used

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ALTER TABLE docs DROP embedding, ADD embedding vector(4); embedding; ALTER TABLE docs DROP embedding, ADD embedding vector(3)",
                "ALTER TABLE docs ADD more int NOT NULL; more; ALTER TABLE docs DROP more",
                "ALTER TABLE docs DROP metadata; metadata; ALTER TABLE docs ADD metadata jsonb",
                "ALTER TABLE docs RENAME TO away; docs; ALTER TABLE away RENAME TO docs",
                "ALTER TABLE docs DROP CONSTRAINT docs_pkey; ON CONFLICT; ALTER TABLE docs ADD PRIMARY KEY (id)",
            })
    void tableThatNoLongerFits_failsWrites_butRejectsNoDocument_andGoesOnOnceItFits(
            String change, String name, String undo) throws Exception {
        VectorIndex index = openPlain();
        assertThat(write(index, put("a", "text"))).containsExactly(Outcome.APPLIED);
        engine.run("DELETE FROM docs", change);

        assertThat(write(index, put("b", "text"), put("c", "text"), put("d", "text")))
                .allSatisfy(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Outcome.Failed.class,
                                failed -> assertThat(failed.reason()).contains(name)));

        engine.run(undo);
        assertThat(write(index, put("b", "text"))).containsExactly(Outcome.APPLIED);
        assertThat(fetch(index, Key.of("b"))).isEqualTo(document(Key.of("b"), "text", Map.of("n", Value.of(1))));
    }

    @Test
    void tableOfStampsThatIsDropped_isMadeAgain() throws Exception {
        VectorIndex index = openPlain();
        IndexWrite stamped =
                new IndexWrite.Put(new StoredDocument(Key.of("a"), new Stamp(7, Map.of()), "text", Map.of(), Map.of()));
        assertThat(write(index, stamped)).containsExactly(Outcome.APPLIED);
        engine.run("DROP TABLE docs_cf");

        assertThat(fetch(index, Key.of("a"))).extracting(StoredDocument::stamp).isEqualTo(Stamp.NONE);
        assertThat(write(index, stamped)).containsExactly(Outcome.APPLIED);
        engine.run("DROP TABLE docs_cf");
        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() -> write(index, stamped).get(0).equals(Outcome.APPLIED));
        assertThat(fetch(index, Key.of("a")))
                .extracting(StoredDocument::version)
                .isEqualTo(7L);
    }

    @Test
    void columnThatBecomesJson_isWrittenAsThat() throws Exception {
        VectorIndex index = openPlain();
        assertThat(write(index, put("a", "text"))).containsExactly(Outcome.APPLIED);
        engine.run("ALTER TABLE docs ALTER metadata TYPE json USING metadata::json");

        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() -> write(index, put("a", "new")).get(0).equals(Outcome.APPLIED));
        assertThat(fetch(index, Key.of("a"))).isEqualTo(document(Key.of("a"), "new", Map.of("n", Value.of(1))));
    }
}
