package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Driver {@code blocking}: as {@code memory}, but each call keeps a thread of the index until it is answered. No options.
 */
public final class BlockingIndexProvider implements VectorIndexProvider {
    private static final Map<Path, BlockingIndex> MADE = new ConcurrentHashMap<>();

    /** The index of this name that a sidecar of this process has made last, for a test that lets it hang. */
    public static Optional<BlockingIndex> find(Path dataDirectory, String index) {
        return Optional.ofNullable(MADE.get(dataDirectory.resolve(index)));
    }

    @Override
    public String driver() {
        return "blocking";
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
        BlockingIndex made = new BlockingIndex(
                new MemoryIndex(definition, new MemoryStore(), Runnable::run, context.time()), context);
        MADE.put(context.dataDirectory().resolve(definition.name()), made);
        return made;
    }
}
