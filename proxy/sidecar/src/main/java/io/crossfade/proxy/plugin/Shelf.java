package io.crossfade.proxy.plugin;

import io.crossfade.proxy.plugin.PluginFolder.Offer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All providers of one kind: those in the jar, and after them those in folders, which are looked at when a name is not
 * found in the jar. Not thread-safe.
 */
final class Shelf<P> {
    private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);

    private final Kind<P> kind;
    private final ClassLoader sidecar;
    private final Supplier<Folders> folders;
    private @Nullable Map<String, P> inJar;
    private @Nullable List<Offer<P>> offers;
    private final List<String> problems = new ArrayList<>();

    Shelf(Kind<P> kind, ClassLoader sidecar, Supplier<Folders> folders) {
        this.kind = kind;
        this.sidecar = sidecar;
        this.folders = folders;
    }

    /**
     * The provider of that name.
     *
     * @throws IllegalArgumentException with name, value and expectation if there is none that can be used, or more than
     * one
     */
    P get(String name) {
        P found = inJar().get(name);
        return found != null
                ? found
                : only(
                        name,
                        offers().stream()
                                .filter(offer -> offer.name().equals(name))
                                .toList());
    }

    private Map<String, P> inJar() {
        Map<String, P> known = inJar;
        if (known == null) {
            Map<String, P> loaded = new TreeMap<>();
            ServiceLoader.load(kind.provider(), sidecar)
                    .forEach(each -> loaded.put(kind.name().apply(each), each));
            known = loaded;
            inJar = known;
        }
        return known;
    }

    private List<Offer<P>> offers() {
        List<Offer<P>> known = offers;
        if (known == null) {
            known = folders.get().offers(kind, problems);
            offers = known;
        }
        return known;
    }

    private P only(String name, List<Offer<P>> found) {
        if (found.size() == 1) {
            problems.forEach(LOG::warn);
            return found.get(0).provider();
        } else if (found.isEmpty()) {
            throw new IllegalArgumentException(kind.key() + ": " + name + " (expected: one of " + known() + ")"
                    + problems.stream().map(problem -> "; " + problem).collect(Collectors.joining()));
        }
        throw new IllegalArgumentException(kind.key() + ": " + name + ": in "
                + found.stream().map(offer -> offer.folder().toString()).collect(Collectors.joining(" and in "))
                + " (expected: in one folder only)");
    }

    /** The known names, and where they come from. */
    private String known() {
        Map<Path, TreeSet<String>> byFolder = new TreeMap<>();
        offers().forEach(offer -> byFolder.computeIfAbsent(offer.folder(), folder -> new TreeSet<>())
                .add(offer.name()));
        StringBuilder text = new StringBuilder(String.join(", ", inJar().keySet())).append(" in the jar");
        byFolder.forEach((folder, names) -> text.append("; ")
                .append(String.join(", ", names))
                .append(" in ")
                .append(folder));
        return text.toString();
    }
}
