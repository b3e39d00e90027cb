package io.crossfade.proxy.plugin;

import io.crossfade.proxy.plugin.PluginFolder.Offer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** All folders of plugins. What is wrong with one keeps none of the others from being used. */
final class Folders implements AutoCloseable {
    private final List<PluginFolder> folders = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * Opens the folders.
     *
     * @param home where they lie
     */
    static Folders in(Path home, ClassLoader sidecar) {
        Folders all = new Folders();
        try (Stream<Path> found = Files.list(home)) {
            found.sorted().forEach(each -> all.open(each, sidecar));
        } catch (NoSuchFileException e) {
            all.problems.add(home + ": not there (expected: a directory with a folder for each driver)");
        } catch (IOException e) {
            all.problems.add(home + ": " + e + " (expected: a directory with a folder for each driver)");
        }
        return all;
    }

    /**
     * Opens one folder, unless its name begins with a dot: such names are those of whoever put it there, such as a
     * mounted volume.
     */
    private void open(Path path, ClassLoader sidecar) {
        if (path.getFileName().toString().startsWith(".")) {
            return;
        }
        try {
            if (Files.isDirectory(path)) {
                folders.add(PluginFolder.open(path, sidecar));
            } else if (PluginFolder.isJar(path)) {
                problems.add(path + ": beside the folders (expected: in a folder of its own)");
            }
        } catch (IOException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    /** What the folders bring of a kind; what cannot be used is added to the problems. */
    <P> List<Offer<P>> offers(Kind<P> kind, List<String> problemsOfKind) {
        List<Offer<P>> offers = new ArrayList<>();
        problemsOfKind.addAll(problems);
        for (PluginFolder folder : folders) {
            try {
                offers.addAll(folder.offers(kind));
            } catch (IOException e) {
                problemsOfKind.add(String.valueOf(e.getMessage()));
            }
        }
        return offers;
    }

    @Override
    public void close() {
        try {
            for (PluginFolder folder : folders) {
                folder.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
