package io.crossfade.proxy.wire;

import io.crossfade.proxy.kit.fuzz.FuzzProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fuzzes {@link WireFuzzTest}. */
final class WireFuzzIT {
    @TempDir
    private Path directory;

    @Test
    void nothingIsFound() throws IOException {
        FuzzProcess.findsNothing(WireFuzzTest.class, "message", directory);
    }
}
