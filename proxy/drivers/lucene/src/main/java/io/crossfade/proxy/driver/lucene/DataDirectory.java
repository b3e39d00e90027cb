package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexException.Kind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of one index, with its format written on it before anything else. */
final class DataDirectory {
    private static final String FORMAT = "crossfade lucene index, format 1";

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
    private static final int ROOM_BYTES = 4 << 20;

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

    /** Makes an index that is not there, and refuses a directory that holds something else. */
    void make() {
        try {
            Files.createDirectories(root);
            if (!Files.exists(format())) {
                requireEmpty();
                Files.writeString(format(), FORMAT + "\n");
            }
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Refuses a directory that holds no index, or something else. */
    void prepare() {
        try {
            requireIndex();
            requireFormat(Files.readString(format()).strip());
            requireWritable();
            Files.createDirectories(search());
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private Path format() {
        return root.resolve("FORMAT");
    }

    private IndexException unusable(IOException e) {
        return problem(Kind.UNAVAILABLE, "cannot be used: " + e, "a directory this process can write", e);
    }

    private void requireIndex() throws IOException {
        if (Files.exists(format())) {
            return;
        }
        if (Files.isDirectory(root)) {
            requireEmpty();
        }
        throw problem(
                Kind.MISSING,
                "not there",
                "an index; it is made when a migration to it starts, or with a new collection that begins on it",
                null);
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

    /**
     * Whether there is room to be opened again, and for more than a moment. As it is opened, the store writes out what its
     * logs hold.
     */
    boolean hasRoom() {
        Path probe = root.resolve("room");
        try {
            if (Files.getFileStore(root).getUsableSpace() < logBytes() + ROOM_BYTES) {
                return false;
            }
            Files.write(probe, new byte[ROOM_BYTES], StandardOpenOption.CREATE, StandardOpenOption.SYNC);
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            delete(probe);
        }
    }

    private long logBytes() throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(store(), "*.log")) {
            for (Path log : logs) {
                bytes += Files.size(log);
            }
        }
        return bytes;
    }

    private static void delete(Path probe) {
        try {
            Files.deleteIfExists(probe);
        } catch (IOException e) {
            LOG.warn("{}: left behind", probe, e);
        }
    }

    IndexException inUse(Throwable cause) {
        return problem(Kind.UNAVAILABLE, "in use", "no other process or index uses this directory", cause);
    }

    IndexException problem(Kind kind, String found, String expected, @Nullable Throwable cause) {
        return new IndexException(
                kind, "index " + name + ": path: " + root + ": " + found + " (expected: " + expected + ")", cause);
    }
}
