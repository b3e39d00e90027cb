package io.crossfade.proxy.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder of one run, removed at the end. */
final class Workspace implements AutoCloseable {
    private final Path folder;
    private volatile boolean kept;
    private final Thread remover;

    private Workspace(Path folder, boolean keep) {
        this.folder = folder;
        this.kept = keep;
        this.remover = new Thread(this::remove, "remove-workspace");
    }

    static Workspace create(boolean keep) throws IOException {
        Workspace workspace = new Workspace(Files.createTempDirectory("crossfade-demo-"), keep);
        Runtime.getRuntime().addShutdownHook(workspace.remover);
        return workspace;
    }

    Path folder() {
        return folder;
    }

    /** Does not remove it. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        remove();
    }

    private void remove() {
        if (kept || !Files.exists(folder)) {
            return;
        }
        try {
            delete(folder);
        } catch (IOException | UncheckedIOException e) {
            // A process that is being killed may still write; what is left is in the system's temporary folder.
        }
    }

    /** Deletes a folder with all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }
}
