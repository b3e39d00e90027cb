package io.crossfade.proxy.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files that the API is written in. */
final class ApiSource {
    private static final Path FOLDER = Path.of("proto", "src", "main", "proto", "crossfade", "v1");

    private ApiSource() {}

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.sorted().toList();
        }
    }

    /** From whichever module the tests run in. */
    private static Path folder() {
        for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
            if (Files.isDirectory(above.resolve(FOLDER))) {
                return above.resolve(FOLDER);
            }
        }
        throw new IllegalStateException(
                FOLDER + ": in no folder from here upwards (expected: that of this repository)");
    }
}
