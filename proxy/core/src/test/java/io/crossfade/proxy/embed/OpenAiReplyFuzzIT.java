package io.crossfade.proxy.embed;

import io.crossfade.proxy.kit.fuzz.FuzzProcess;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fuzzes {@link OpenAiReplyFuzzTest}. */
final class OpenAiReplyFuzzIT {
    @TempDir
    private Path directory;

    @Test
    void nothingIsFound() throws IOException {
        FuzzProcess.findsNothing(OpenAiReplyFuzzTest.class, "answer", directory);
    }
}
