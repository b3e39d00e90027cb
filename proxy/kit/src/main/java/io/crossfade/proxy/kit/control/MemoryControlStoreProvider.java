package io.crossfade.proxy.kit.control;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.StoreDefinition;
import java.time.Duration;

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

    /** Opens an empty store, which answers on the timers' thread: timers run one at a time. */
    @Override
    public ControlStore open(StoreDefinition definition, Context context) {
        check(definition);
        return new MemoryControlStore(task -> context.time().after(Duration.ZERO, task), false);
    }
}
