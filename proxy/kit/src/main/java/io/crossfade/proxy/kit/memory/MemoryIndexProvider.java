package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.nio.file.Path;

/** Driver {@code memory}: a new, empty index on each creation. No options. */
public final class MemoryIndexProvider implements VectorIndexProvider {
    @Override
    public String driver() {
        return "memory";
    }

    @Override
    public void check(IndexDefinition definition) {
        definition.requireNoOptions();
    }

    @Override
    public String place(IndexDefinition definition, Path dataDirectory) {
        return definition.name();
    }

    @Override
    public VectorIndex create(IndexDefinition definition, Context context) {
        check(definition);
        return new MemoryIndex(definition, new MemoryStore(), context.blocking(), context.time());
    }
}
