package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.kit.fuzz.FuzzProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fuzzes {@link FilterFuzzTest}. */
final class FilterFuzzIT {
    @TempDir
    private Path directory;

    @Test
    void nothingIsFound() throws IOException {
        FuzzProcess.findsNothing(FilterFuzzTest.class, "filter", directory);
    }
}
