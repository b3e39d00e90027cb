package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The kit, on tables in partitions that have a trigger: each write is read back before it is committed, and none of what the kit
 * writes may come back as anything else.
 */
final class PgvectorPartitionedTableIT extends VectorIndexConformanceTest {
    @RegisterExtension
    final Engine engine = new Engine();

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        Map<String, Object> vectors = new HashMap<>();
        definition.vectors().keySet().forEach(field -> vectors.put(field, Map.of("column", "vector of " + field)));
        if (!definition.name().equals("absent")) {
            make(definition);
        }
        return engine.index(definition, Map.of("namespace", "tenant", "vectors", vectors), time);
    }

    private void make(IndexDefinition definition) {
        String table = Sql.name(definition.name());
        String vectors = definition.vectors().entrySet().stream()
                .map(vector -> Sql.name("vector of " + vector.getKey()) + " vector("
                        + vector.getValue().dimensions() + ")")
                .collect(Collectors.joining(", "));
        try {
            engine.run(
                    "CREATE EXTENSION IF NOT EXISTS vector",
                    "CREATE SCHEMA IF NOT EXISTS " + engine.schema(),
                    "CREATE TABLE IF NOT EXISTS " + table
                            + " (tenant text COLLATE \"C\" NOT NULL, id text COLLATE \"C\" NOT NULL,"
                            + " text text, metadata jsonb, updated_at timestamptz, " + vectors
                            + ", PRIMARY KEY (tenant, id)) PARTITION BY HASH (id)");
            for (int i = 0; i < 3; i++) {
                engine.run("CREATE TABLE IF NOT EXISTS " + Sql.name(definition.name() + "_" + i) + " PARTITION OF "
                        + table + " FOR VALUES WITH (MODULUS 3, REMAINDER " + i + ")");
            }
            engine.run(
                    "CREATE OR REPLACE FUNCTION " + engine.schema() + ".touch() RETURNS trigger LANGUAGE plpgsql AS"
                            + " $$ BEGIN NEW.updated_at = now(); RETURN NEW; END $$",
                    "CREATE OR REPLACE TRIGGER touch BEFORE INSERT OR UPDATE ON " + table
                            + " FOR EACH ROW EXECUTE FUNCTION " + engine.schema() + ".touch()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected boolean holdsNul() {
        return false;
    }
}
