package io.crossfade.proxy.kit.none;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.nio.file.Path;

/** Driver {@code none}: keeps nothing, for measuring what the sidecar itself costs. No options. */
public final class NoneIndexProvider implements VectorIndexProvider {
    @Override
    public String driver() {
        return "none";
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
        return new NoneIndex();
    }
}
