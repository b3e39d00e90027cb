package io.crossfade.proxy.plugin;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** A folder of jars that belong together: a plugin, and the libraries that it needs. */
final class PluginFolder implements AutoCloseable {
    private final Path folder;
    private final PluginClassLoader loader;
    private final Boundary boundary;

    private PluginFolder(Path folder, PluginClassLoader loader, ClassLoader sidecar) {
        this.folder = folder;
        this.loader = loader;
        boundary = new Boundary(folder.toString(), loader, sidecar);
    }

    /**
     * Opens its jars; no class is loaded yet.
     *
     * @throws IOException with name and expectation if one of them is broken, or there is none
     */
    static PluginFolder open(Path folder, ClassLoader sidecar) throws IOException {
        List<URL> jars = new ArrayList<>();
        for (Path jar : jars(folder)) {
            requireIntact(jar);
            jars.add(jar.toUri().toURL());
        }
        if (jars.isEmpty()) {
            throw new IOException(folder + ": no jars (expected: at least one)");
        }
        return new PluginFolder(
                folder, new PluginClassLoader("" + folder.getFileName(), jars.toArray(URL[]::new), sidecar), sidecar);
    }

    static boolean isJar(Path path) {
        return path.toString().endsWith(".jar") && !Files.isDirectory(path);
    }

    private static List<Path> jars(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(PluginFolder::isJar).sorted().toList();
        }
    }

    /** Checks that the jar can be read: a class loader passes over a broken one in silence. */
    private static void requireIntact(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (zip.size() == 0) {
                throw new IOException("empty");
            }
        } catch (IOException e) {
            throw new IOException(jar + ": " + e.getMessage() + " (expected: a jar that can be read)", e);
        }
    }

    /**
     * Loads its providers of a kind.
     *
     * @throws IOException with name and expectation if one of them cannot be loaded
     */
    <P> List<Offer<P>> offers(Kind<P> kind) throws IOException {
        try {
            return boundary
                    .inside(() -> ServiceLoader.load(kind.provider(), loader).stream()
                            .map(ServiceLoader.Provider::get)
                            .toList())
                    .stream()
                    .map(provider -> offer(kind, kind.behind().apply(provider, boundary)))
                    .toList();
        } catch (ServiceConfigurationError e) {
            throw cannotBeLoaded(e.getMessage() + (e.getCause() == null ? "" : ": " + e.getCause()), e);
        } catch (RuntimeException e) {
            throw e.getCause() instanceof LinkageError
                    ? new IOException(e.getMessage(), e)
                    : cannotBeLoaded(e.toString(), e);
        }
    }

    private <P> Offer<P> offer(Kind<P> kind, P provider) {
        return new Offer<>(requireNonNull(kind.name().apply(provider), "name of a provider"), provider, folder);
    }

    private IOException cannotBeLoaded(String reason, Throwable cause) {
        return new IOException(folder + ": " + reason + " (expected: providers that this sidecar can load)", cause);
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }

    /** A provider, and what it calls itself. */
    record Offer<P>(String name, P provider, Path folder) {}
}
