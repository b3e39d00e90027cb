package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;

final class MemoryIndexTest extends VectorIndexConformanceTest {
    private final Map<String, MemoryStore> stores = new HashMap<>();

    @Override
    protected boolean canBeMissing() {
        return false;
    }

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        MemoryStore store = stores.computeIfAbsent(definition.name(), name -> new MemoryStore());
        return new MemoryIndex(definition, store, ForkJoinPool.commonPool(), time);
    }
}
