package io.crossfade.proxy.store.file;

import io.crossfade.proxy.kit.control.ControlStoreConformanceTest;
import java.util.Map;

final class FileControlStoreTest extends ControlStoreConformanceTest {
    FileControlStoreTest() {
        super(new FileControlStoreProvider(), Map.of());
    }
}
