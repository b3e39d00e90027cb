package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.nio.file.Path;

/** Driver {@code lucene}: an index in the sidecar's process and on its disk. Options: {@link LuceneIndexSettings}. */
public final class LuceneIndexProvider implements VectorIndexProvider {
    @Override
    public String driver() {
        return "lucene";
    }

    @Override
    public void check(IndexDefinition definition) {
        LuceneIndexSettings.of(definition);
    }

    @Override
    public String place(IndexDefinition definition, Path dataDirectory) {
        Path path = LuceneIndexSettings.of(definition).path(definition.name());
        return "directory " + RealPath.of(dataDirectory.resolve(path));
    }

    @Override
    public VectorIndex create(IndexDefinition definition, Context context) {
        return new LuceneIndex(definition, LuceneIndexSettings.of(definition), context);
    }
}
