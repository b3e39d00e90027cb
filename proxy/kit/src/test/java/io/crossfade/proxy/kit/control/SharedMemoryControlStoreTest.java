package io.crossfade.proxy.kit.control;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.StoreDefinition;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The store in memory as a fleet uses it, by several handles. */
final class SharedMemoryControlStoreTest extends ControlStoreConformanceTest {
    SharedMemoryControlStoreTest() {
        super(new Shared(), Map.of());
    }

    private static final class Shared implements ControlStoreProvider {
        private @Nullable MemoryControlStore first;

        @Override
        public String store() {
            return "memory";
        }

        @Override
        public void check(StoreDefinition definition) {
            definition.requireNoOptions();
        }

        @Override
        public ControlStore open(StoreDefinition definition, Context context) {
            MemoryControlStore known = first;
            if (known == null) {
                known = new MemoryControlStore(context.blocking(), context.time(), true);
                first = known;
            }
            return known.beside(context.time());
        }
    }
}
