package com.example.shelf;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.io.TempDir;

/** The kit's test as the driver's own build would have it; compiled here, because the kit must be enough for it. */
final class ShelfIndexTest extends VectorIndexConformanceTest {
    @TempDir
    Path directory;

    @Override
    protected boolean canBeMissing() {
        return false;
    }

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        return new ShelfIndexProvider()
                .create(definition, new VectorIndexProvider.Context(directory, ForkJoinPool.commonPool(), time));
    }
}
