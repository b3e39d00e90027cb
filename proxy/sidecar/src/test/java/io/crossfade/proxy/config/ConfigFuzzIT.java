package io.crossfade.proxy.config;

import io.crossfade.proxy.kit.fuzz.FuzzProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fuzzes {@link ConfigFuzzTest}. */
final class ConfigFuzzIT {
    @TempDir
    private Path directory;

    @Test
    void nothingIsFound() throws IOException {
        FuzzProcess.findsNothing(ConfigFuzzTest.class, "yaml", directory);
    }
}
