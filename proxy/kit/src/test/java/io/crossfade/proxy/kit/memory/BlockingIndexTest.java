package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import io.crossfade.proxy.time.OwnThreads;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

final class BlockingIndexTest extends VectorIndexConformanceTest {
    private final Map<String, MemoryStore> stores = new HashMap<>();
    private final OwnThreads threads = new OwnThreads("blocking", "indexes.documents.threads", 4, 1_000);

    @AfterEach
    void endThreads() {
        threads.close();
    }

    @Override
    protected boolean canBeMissing() {
        return false;
    }

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        MemoryStore store = stores.computeIfAbsent(definition.name(), name -> new MemoryStore());
        return new BlockingIndex(
                new MemoryIndex(definition, store, Runnable::run, time),
                new VectorIndexProvider.Context(Path.of(""), threads, time));
    }
}
