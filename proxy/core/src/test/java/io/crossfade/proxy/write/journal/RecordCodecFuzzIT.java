package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.kit.fuzz.FuzzProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fuzzes {@link RecordCodecFuzzTest}. */
final class RecordCodecFuzzIT {
    @TempDir
    private Path directory;

    @Test
    void nothingIsFound() throws IOException {
        FuzzProcess.findsNothing(RecordCodecFuzzTest.class, "record", directory);
    }
}
