package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.nio.file.Path;
import java.util.TreeMap;

/** Driver {@code pgvector}: a table of PostgreSQL. Options: {@link PgvectorIndexSettings}. */
public final class PgvectorIndexProvider implements VectorIndexProvider {
    @Override
    public String driver() {
        return "pgvector";
    }

    @Override
    public void check(IndexDefinition definition) {
        PgvectorIndexSettings.of(definition);
    }

    @Override
    public String place(IndexDefinition definition, Path dataDirectory) {
        PgvectorIndexSettings settings = PgvectorIndexSettings.of(definition);
        String rows = settings.fixed().isEmpty() ? "" : " where " + new TreeMap<>(settings.fixed());
        return "table " + settings.schema() + "." + settings.tableOf(definition.name()) + rows + " of "
                + settings.where();
    }

    @Override
    public VectorIndex create(IndexDefinition definition, Context context) {
        return new PgvectorIndex(definition, PgvectorIndexSettings.of(definition), context);
    }
}
