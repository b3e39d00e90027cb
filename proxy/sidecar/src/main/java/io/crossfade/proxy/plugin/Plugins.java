package io.crossfade.proxy.plugin;

import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.index.VectorIndexProvider;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The drivers and the control stores that can be used. Those in the jar come first. Others lie in folders beside it,
 * and each folder has a class loader of its own; nothing there is touched before something is asked for that the jar
 * does not hold. Guarded by this object's lock.
 */
public final class Plugins implements AutoCloseable {
    /** The environment variable that says where the folders lie. */
    public static final String VARIABLE = "CROSSFADE_DRIVERS";

    private static final ClassLoader SIDECAR = Plugins.class.getClassLoader();

    private final Supplier<Optional<Path>> home;
    private final Shelf<VectorIndexProvider> drivers = new Shelf<>(Kind.DRIVER, SIDECAR, this::folders);
    private final Shelf<ControlStoreProvider> stores = new Shelf<>(Kind.STORE, SIDECAR, this::folders);
    private @Nullable Folders folders;

    private Plugins(Supplier<Optional<Path>> home) {
        this.home = home;
    }

    /** Plugins in the folders that the environment names, or else in {@code drivers} beside the jar. */
    public static Plugins usual() {
        return new Plugins(() -> named(System.getenv()).or(Plugins::besideTheJar));
    }

    /**
     * Plugins in the folders of a directory.
     *
     * @param home each of its folders holds the jars of one plugin
     */
    public static Plugins in(Path home) {
        return new Plugins(() -> Optional.of(home));
    }

    private static Optional<Path> named(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE))
                .filter(value -> !value.isEmpty())
                .map(Path::of);
    }

    /** The place beside the jar; empty where classes do not come from a jar, as in a build. */
    private static Optional<Path> besideTheJar() {
        CodeSource source = Plugins.class.getProtectionDomain().getCodeSource();
        if (source == null || !source.getLocation().getPath().endsWith(".jar")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(source.getLocation().toURI()).resolveSibling("drivers"));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(source.getLocation() + " (expected: the place of a jar)", e);
        }
    }

    /**
     * The driver of that name.
     *
     * @throws IllegalArgumentException with name, value and expectation if there is none that can be used, or more than
     * one
     */
    public synchronized VectorIndexProvider driver(String name) {
        return drivers.get(name);
    }

    /**
     * The kind of control store of that name.
     *
     * @throws IllegalArgumentException with name, value and expectation if there is none that can be used, or more than
     * one
     */
    public synchronized ControlStoreProvider store(String name) {
        return stores.get(name);
    }

    private synchronized Folders folders() {
        Folders opened = folders;
        if (opened == null) {
            opened = home.get().map(found -> Folders.in(found, SIDECAR)).orElseGet(Folders::new);
            folders = opened;
        }
        return opened;
    }

    /** Closes the class loaders; whatever they have made must be closed already. */
    @Override
    public synchronized void close() {
        if (folders != null) {
            folders.close();
        }
    }
}
