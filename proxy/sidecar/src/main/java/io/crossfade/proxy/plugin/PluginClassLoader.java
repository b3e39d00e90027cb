package io.crossfade.proxy.plugin;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Set;

/**
 * Loads the classes of one folder of jars. They see the Java platform, the interfaces that they are written for, and
 * each other; nothing else of the sidecar, so that its libraries and theirs, and those of another folder, may differ.
 */
final class PluginClassLoader extends URLClassLoader {
    /**
     * The packages that the sidecar and a plugin have in common. It is the sidecar's, whatever a jar of the folder
     * brings along.
     */
    static final Set<String> SHARED = Set.of(
            "io.crossfade.proxy.time",
            "io.crossfade.proxy.settings",
            "io.crossfade.proxy.model",
            "io.crossfade.proxy.index",
            "io.crossfade.proxy.control",
            "org.jspecify.annotations",
            "org.slf4j",
            "org.slf4j.event",
            "org.slf4j.helpers",
            "org.slf4j.spi");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader sidecar;

    PluginClassLoader(String name, URL[] jars, ClassLoader sidecar) {
        super(name, jars, getPlatformClassLoader());
        this.sidecar = sidecar;
    }

    /**
     * Loads a class: shared ones from the sidecar, the rest as usual, on the platform, which is the parent, and then in
     * the jars.
     */
    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return isShared(name) ? sidecar.loadClass(name) : super.loadClass(name, resolve);
    }

    private static boolean isShared(String className) {
        return SHARED.contains(className.substring(0, Math.max(0, className.lastIndexOf('.'))));
    }
}
