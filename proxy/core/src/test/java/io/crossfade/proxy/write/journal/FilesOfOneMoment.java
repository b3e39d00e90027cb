package io.crossfade.proxy.write.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What another process would find if this one were killed now: all files of a directory that is in use, as they were at one moment. A
 * database in it moves and removes files by itself, so they are read until none has changed meanwhile.
 */
final class FilesOfOneMoment {
    private static final int TRIES = 1_000;

    private FilesOfOneMoment() {}

    /** By their names from {@code directory} on; without the native libraries. */
    static Map<String, byte[]> in(Path directory) throws IOException {
        for (int i = 0; i < TRIES; i++) {
            try {
                Map<Path, String> before = states(directory);
                Map<String, byte[]> files = new TreeMap<>();
                for (Path file : before.keySet()) {
                    files.put(directory.relativize(file).toString(), Files.readAllBytes(file));
                }
                if (states(directory).equals(before)) {
                    return files;
                }
            } catch (NoSuchFileException | UncheckedIOException goneMeanwhile) {
                Thread.onSpinWait();
            }
        }
        throw new IOException(directory + ": changed each of the " + TRIES + " times that it was read");
    }

    private static Map<Path, String> states(Path directory) throws IOException {
        Map<Path, String> states = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(directory.resolve("native")))::iterator) {
                states.put(file, Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return states;
    }
}
