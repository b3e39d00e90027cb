package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.io.TempDir;

final class LuceneIndexTest extends VectorIndexConformanceTest {

    @TempDir
    Path directory;

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        return new LuceneIndexProvider()
                .create(definition, new VectorIndexProvider.Context(directory, ForkJoinPool.commonPool(), time));
    }
}
