package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directory of one index, with its format written on it before anything else. */
final class DataDirectory {
    private static final String FORMAT = "crossfade lucene index, format 1";

    private final String name;
    private final Path root;

    /**
     * @param name of the index, for messages
     */
    DataDirectory(String name, Path root) {
        this.name = name;
        this.root = root;
    }

    Path store() {
        return root.resolve("store");
    }

    Path nativeCode() {
        return root.resolve("native");
    }

    Path search() {
        return root.resolve("search");
    }

    /** Creates what is missing, and refuses a directory that holds something else. */
    void prepare() {
        try {
            Files.createDirectories(root);
            Path format = root.resolve("FORMAT");
            if (!Files.exists(format)) {
                requireEmpty();
                Files.writeString(format, FORMAT + "\n");
            }
            requireFormat(Files.readString(format).strip());
            requireWritable();
            Files.createDirectories(search());
        } catch (IOException e) {
            throw problem(Kind.UNAVAILABLE, "cannot be used: " + e, "a directory this process can write", e);
        }
    }

    private void requireEmpty() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            if (files.findAny().isPresent()) {
                throw problem(Kind.MISMATCH, "holds other files", "a new or empty directory, or an index", null);
            }
        }
    }

    private void requireFormat(String found) {
        if (!found.equals(FORMAT)) {
            throw problem(Kind.MISMATCH, "\"" + found + "\"", "\"" + FORMAT + "\", or a newer Crossfade", null);
        }
    }

    private void requireWritable() throws IOException {
        Files.delete(Files.createTempFile(root, "writable", ""));
    }

    IndexException inUse(Throwable cause) {
        return problem(Kind.UNAVAILABLE, "in use", "no other process or index uses this directory", cause);
    }

    IndexException problem(Kind kind, String found, String expected, @Nullable Throwable cause) {
        return new IndexException(
                kind, "index " + name + ": path: " + root + ": " + found + " (expected: " + expected + ")", cause);
    }
}
