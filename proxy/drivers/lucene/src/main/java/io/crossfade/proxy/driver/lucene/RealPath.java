package io.crossfade.proxy.driver.lucene;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One spelling of a path: absolute, with the links resolved in as much of it as there is. */
final class RealPath {
    private RealPath() {}

    static Path of(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        Path there = absolute;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            return there.toRealPath().resolve(there.relativize(absolute));
        } catch (IOException e) {
            return absolute; // what cannot be read cannot be opened either
        }
    }
}
