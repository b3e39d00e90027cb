package io.crossfade.proxy.plugin;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.VectorIndexConformanceTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The kit, against a driver that was built elsewhere and has a class loader of its own. */
final class OutsideDriverConformanceIT extends VectorIndexConformanceTest {
    @TempDir
    private static Path drivers;

    @TempDir
    private Path data;

    private final Plugins plugins = Plugins.in(drivers);

    @BeforeAll
    static void build() throws IOException {
        ShelfDriver.build(drivers, "shelf", "1");
    }

    @AfterEach
    void close() {
        plugins.close();
    }

    @Override
    public String reportName() {
        return "shelf";
    }

    @Override
    protected boolean canBeMissing() {
        return false;
    }

    @Override
    protected VectorIndex connect(IndexDefinition definition) {
        return plugins.driver("shelf")
                .create(definition, new VectorIndexProvider.Context(data, ForkJoinPool.commonPool(), time));
    }
}
