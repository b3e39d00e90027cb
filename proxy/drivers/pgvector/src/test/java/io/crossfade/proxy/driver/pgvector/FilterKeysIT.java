package io.crossfade.proxy.driver.pgvector;

import static io.crossfade.proxy.kit.index.IndexFixture.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.time.SystemTime;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What documents are found by quickly: which columns of a table that is there, and what a table is made with. */
final class FilterKeysIT {
    @RegisterExtension
    final Engine engine = new Engine();

    private final SystemTime time = new SystemTime();

    @BeforeEach
    void makeSchema() throws SQLException {
        engine.run("CREATE EXTENSION IF NOT EXISTS vector", "CREATE SCHEMA " + engine.schema());
    }

    @AfterEach
    void close() {
        time.close();
    }

    private VectorIndex index(String table, Map<String, Object> options) {
        return engine.index(IndexFixture.definition(table, Map.of("", IndexFixture.COSINE)), options, time);
    }

    @Test
    void columnsThatComeFirstInAnIndex_withWhatTheyHold() throws SQLException {
        engine.run(
                "CREATE TABLE goods (id text PRIMARY KEY, text text, embedding vector("
                        + IndexFixture.COSINE.dimensions() + "), brand varchar(10), stock int, price numeric(10,2),"
                        + " active boolean, tags text[], extra text, rare int)",
                "CREATE INDEX ON goods (brand)",
                "CREATE INDEX ON goods (stock, extra)",
                "CREATE INDEX ON goods (price DESC)",
                "CREATE INDEX ON goods USING hash (active)",
                "CREATE INDEX ON goods USING gin (tags)",
                "CREATE INDEX ON goods (rare) WHERE rare > 5");
        VectorIndex index = index(
                "goods",
                Map.of(
                        "metadata",
                        "",
                        "metadata_columns",
                        List.of("brand", "stock", "price", "tags", "extra", "rare")));
        index.open().join();

        assertThat(index.filterKeys(TIMEOUT).join())
                .containsExactlyInAnyOrder(
                        new FilterKey("brand", FilterKey.Kind.TEXT),
                        new FilterKey("stock", FilterKey.Kind.INTEGER),
                        new FilterKey("price", FilterKey.Kind.NUMBER),
                        new FilterKey("tags", FilterKey.Kind.TEXT));
        index.close();
    }

    private boolean hasFilterIndex(String table, Map<String, Object> options, List<FilterKey> keys)
            throws SQLException {
        VectorIndex index = index(table, options);
        index.create(keys).join();
        index.close();
        return !engine.rows("SELECT 1 FROM pg_indexes WHERE schemaname = '" + engine.schema() + "' AND tablename = '"
                        + table + "' AND indexdef LIKE '%jsonb_path_ops%'")
                .isEmpty();
    }

    @Test
    void tableIsMadeWithAnIndexOfItsMetadata_ifApplicationsFilter_orTheOptionsSaySo() throws SQLException {
        List<FilterKey> keys = List.of(new FilterKey("brand", FilterKey.Kind.TEXT));

        assertThat(hasFilterIndex("unfiltered", Map.of(), List.of())).isFalse();
        assertThat(hasFilterIndex("filtered", Map.of(), keys)).isTrue();
        assertThat(hasFilterIndex("refused", Map.of("filter_index", false), keys))
                .isFalse();
        assertThat(hasFilterIndex("asked", Map.of("filter_index", true), List.of()))
                .isTrue();
    }
}
