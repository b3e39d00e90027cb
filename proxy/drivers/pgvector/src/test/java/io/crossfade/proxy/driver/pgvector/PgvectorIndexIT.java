package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The kit, on tables that the driver makes. */
final class PgvectorIndexIT extends VectorIndexConformanceTest {
    @RegisterExtension
    final Engine engine = new Engine();

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        return engine.index(definition, Map.of(), time);
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
