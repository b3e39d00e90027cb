package io.crossfade.proxy.plugin;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.nio.file.Path;

/** A driver that is not in the jar. */
record PluginIndexProvider(VectorIndexProvider provider, Boundary boundary) implements VectorIndexProvider {
    @Override
    public String driver() {
        return boundary.inside(provider::driver);
    }

    @Override
    public void check(IndexDefinition definition) {
        boundary.inside(() -> {
            provider.check(definition);
            return definition;
        });
    }

    @Override
    public String place(IndexDefinition definition, Path dataDirectory) {
        return boundary.inside(() -> provider.place(definition, dataDirectory));
    }

    @Override
    public VectorIndex create(IndexDefinition definition, Context context) {
        Context lent = new Context(
                context.dataDirectory(), boundary.on(context.blocking()), new PluginTime(context.time(), boundary));
        return new PluginIndex(boundary.inside(() -> provider.create(definition, lent)), boundary);
    }
}
