package io.crossfade.proxy.kit.control;

import java.util.Map;

final class MemoryControlStoreTest extends ControlStoreConformanceTest {
    MemoryControlStoreTest() {
        super(new MemoryControlStoreProvider(), Map.of());
    }

    @Override
    protected boolean isDurable() {
        return false;
    }
}
