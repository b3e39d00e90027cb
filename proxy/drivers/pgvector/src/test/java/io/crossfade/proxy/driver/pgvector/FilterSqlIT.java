package io.crossfade.proxy.driver.pgvector;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.kit.index.PlainFilter;
import io.crossfade.proxy.kit.index.RandomFilters;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Random filters over random documents, against the plain meaning: with an index of the metadata, and with columns for keys. */
final class FilterSqlIT extends IndexFixture {
    @RegisterExtension
    final Engine engine = new Engine();

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        return engine.index(definition, Map.of("filter_index", true), time);
    }

    private void assertAll(VectorIndex asked, List<StoredDocument> documents, RandomFilters random, int filters) {
        for (int i = 0; i < filters; i++) {
            Filter filter = random.filter(EnumSet.allOf(Filter.Operator.class));
            long expected = documents.stream()
                    .filter(document -> PlainFilter.matches(filter, document.key(), document.metadata()))
                    .count();
            assertThat(asked.count(filter, TIMEOUT).join()).as("%s", filter).isEqualTo(expected);
        }
    }

    @Test
    void filtersOfEveryForm_withAnIndexOfTheMetadata() throws Exception {
        long seed = Long.getLong("crossfade.seed", 7);
        RandomFilters random = new RandomFilters(seed);
        List<StoredDocument> documents = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            documents.add(document("id" + i, random.metadata(false), vector(i)));
        }
        put(documents.toArray(StoredDocument[]::new));
        engine.run("ANALYZE documents");

        assertAll(index, documents, random, 2_000);
    }

    /** Of the random metadata, what a column holds goes into one; the rest is left out. */
    @Test
    void filtersOfEveryForm_onKeysThatAreColumns() throws Exception {
        engine.run(
                "CREATE TABLE columns (id text PRIMARY KEY, text text, metadata jsonb, embedding vector(8), embedding_title vector(4),"
                        + " a jsonb, b double precision, c text, \"a.x\" bigint, \"b.x\" boolean)");
        VectorIndex columns = engine.index(
                definition("columns", DEFINITION.vectors()),
                Map.of("metadata_columns", List.of("a", "b", "c", "a.x", "b.x")),
                time);
        columns.open().join();
        Random choice = new Random(11);
        RandomFilters random = new RandomFilters(choice);
        List<StoredDocument> documents = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Map<String, Value> metadata = new HashMap<>(random.metadata(false));
            metadata.computeIfPresent(
                    "b", (key, value) -> value instanceof Value.Float64 number && bits(number) ? value : null);
            metadata.computeIfPresent("c", (key, value) -> value instanceof Value.Text ? value : null);
            metadata.computeIfPresent("a.x", (key, value) -> value instanceof Value.Int64 ? value : null);
            metadata.computeIfPresent("b.x", (key, value) -> value instanceof Value.Bool ? value : null);
            documents.add(new StoredDocument(
                    Key.of("id" + i), io.crossfade.proxy.model.Stamp.NONE, null, metadata, Map.of()));
        }
        assertThat(columns.write(
                                documents.stream()
                                        .<io.crossfade.proxy.index.IndexWrite>map(
                                                io.crossfade.proxy.index.IndexWrite.Put::new)
                                        .toList(),
                                TIMEOUT)
                        .join())
                .containsOnly(io.crossfade.proxy.model.Outcome.APPLIED);
        documents.forEach(document -> assertThat(
                        columns.fetch(List.of(document.key()), io.crossfade.proxy.model.Projection.ALL, TIMEOUT)
                                .join())
                .containsValue(document));

        assertAll(columns, documents, random, 1_500);
        columns.close();
    }

    private static boolean bits(Value.Float64 number) {
        return number.value() != 0 || 1 / number.value() > 0;
    }

    @Test
    void equality_isAnsweredByTheIndexOfTheMetadata() throws Exception {
        for (int from = 0; from < 4_000; from += 500) {
            List<StoredDocument> documents = new ArrayList<>();
            for (int i = from; i < from + 500; i++) {
                documents.add(document("id" + i, Map.of("sku", Value.of("s" + i)), vector(i)));
            }
            put(documents.toArray(StoredDocument[]::new));
        }
        engine.run("ANALYZE documents");

        assertThat(engine.rows("EXPLAIN SELECT count(*) FROM documents t WHERE (t.metadata @> ANY("
                        + "'{\"{\\\"sku\\\":\\\"s7\\\"}\",\"{\\\"sku\\\":[\\\"s7\\\"]}\"}'::text[]::jsonb[]))"))
                .anyMatch(line -> line.contains("Bitmap Index Scan"));
        assertThat(count(equal("sku", Value.of("s7")))).isEqualTo(1);
    }
}
