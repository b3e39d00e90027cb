package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import io.crossfade.proxy.model.Space;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The kit, on tables that somebody else has made: other names, an older kind of JSON, a key in another order, columns that the
 * index knows nothing of. Stamps are in a table beside them.
 */
final class PgvectorForeignTableIT extends VectorIndexConformanceTest {
    @RegisterExtension
    final Engine engine = new Engine();

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        Map<String, Object> vectors = new HashMap<>();
        definition.vectors().keySet().forEach(field -> vectors.put(field, Map.of("column", "vector of " + field)));
        if (!definition.name().equals("absent")) {
            make(definition);
        }
        return engine.index(
                definition,
                Map.of(
                        "id", "Sku",
                        "namespace", "tenant",
                        "text_column", "body",
                        "metadata", "attributes",
                        "vectors", vectors),
                time);
    }

    private void make(IndexDefinition definition) {
        String vectors = definition.vectors().entrySet().stream()
                .map(vector -> "\"vector of " + vector.getKey() + "\" vector("
                        + vector.getValue().dimensions() + ")")
                .collect(Collectors.joining(", "));
        try {
            engine.run(
                    "CREATE EXTENSION IF NOT EXISTS vector",
                    "CREATE SCHEMA IF NOT EXISTS " + engine.schema(),
                    "CREATE TABLE IF NOT EXISTS \"" + definition.name()
                            + "\" (serial bigserial PRIMARY KEY, \"Sku\" varchar NOT NULL,"
                            + " tenant text NOT NULL, body text, attributes json, changed timestamptz NOT NULL DEFAULT now(), "
                            + vectors
                            + ", UNIQUE (\"Sku\", tenant))");
            for (Map.Entry<String, Space> vector : definition.vectors().entrySet()) {
                engine.run("CREATE INDEX IF NOT EXISTS \"near " + vector.getKey() + "\" ON \"" + definition.name()
                        + "\" USING ivfflat (\"vector of " + vector.getKey() + "\" "
                        + Catalog.operators(vector.getValue())
                        + ") WITH (lists = 1)");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected boolean holdsNul() {
        return false;
    }

    @Override
    public String serverVersion() {
        return engine.version();
    }
}
