package io.crossfade.proxy.kit.control;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.StoreDefinition;

/** Store {@code memory}: a new, empty store on each start. No options. */
public final class MemoryControlStoreProvider implements ControlStoreProvider {
    @Override
    public String store() {
        return "memory";
    }

    @Override
    public void check(StoreDefinition definition) {
        definition.requireNoOptions();
    }

    /** Opens an empty store. */
    @Override
    public ControlStore open(StoreDefinition definition, Context context) {
        check(definition);
        return new MemoryControlStore(context.blocking(), context.time(), false);
    }
}
