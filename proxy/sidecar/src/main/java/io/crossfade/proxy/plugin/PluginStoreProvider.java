package io.crossfade.proxy.plugin;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.StoreDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A kind of control store that is not in the jar. */
record PluginStoreProvider(ControlStoreProvider provider, Boundary boundary) implements ControlStoreProvider {
    @Override
    public String store() {
        return boundary.inside(provider::store);
    }

    @Override
    public void check(StoreDefinition definition) {
        boundary.inside(() -> {
            provider.check(definition);
            return definition;
        });
    }

    @Override
    public ControlStore open(StoreDefinition definition, Context context) throws IOException {
        Context lent = new Context(
                context.dataDirectory(), boundary.on(context.blocking()), new PluginTime(context.time(), boundary));
        try {
            return new PluginStore(boundary.inside(() -> openUnchecked(definition, lent)), boundary);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private ControlStore openUnchecked(StoreDefinition definition, Context context) {
        try {
            return provider.open(definition, context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
