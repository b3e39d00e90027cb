package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import org.junit.jupiter.api.AfterEach;

final class QdrantIndexIT extends VectorIndexConformanceTest {
    private final Engine engine = new Engine();

    @AfterEach
    void dropCollections() {
        engine.close();
    }

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        return engine.connect(definition, time);
    }

    @Override
    public String serverVersion() {
        return engine.says().getVersion();
    }

    @Override
    public boolean isTestDouble() {
        return engine.says().getTitle().startsWith("test double");
    }
}
