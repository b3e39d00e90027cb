package io.crossfade.proxy.config;

import static java.util.stream.Collectors.toSet;

import io.crossfade.proxy.control.StoreDefinition;
import io.crossfade.proxy.embed.EmbedderChain;
import io.crossfade.proxy.embed.EmbedderSettings;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.plugin.Plugins;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What can be known of a configuration without starting, connecting or creating anything. */
public final class ConfigCheck {
    private final CrossfadeConfig config;
    private final Plugins plugins;
    private final List<String> violations = new ArrayList<>();

    private ConfigCheck(CrossfadeConfig config, Plugins plugins) {
        this.config = config;
        this.plugins = plugins;
    }

    /**
     * Checks all of it.
     *
     * @throws InvalidSettingsException with every violation
     */
    public static void run(CrossfadeConfig config, Plugins plugins) {
        new ConfigCheck(config, plugins).run();
    }

    /**
     * Reads a file and checks all of it.
     *
     * @throws InvalidSettingsException with every violation, of the file's own rules and of those of drivers, embedders and
     *     stores
     * @throws IOException if there is no such file
     */
    public static CrossfadeConfig load(Path file, Plugins plugins) throws IOException {
        CrossfadeConfig config;
        try {
            config = CrossfadeConfig.load(file);
        } catch (InvalidSettingsException e) {
            throw withMore(e, file, plugins);
        }
        run(config, plugins);
        return config;
    }

    /** Adds what is wrong besides with what can be made sense of. */
    private static InvalidSettingsException withMore(InvalidSettingsException found, Path file, Plugins plugins)
            throws IOException {
        List<String> all = new ArrayList<>(found.violations());
        Set<String> paths = all.stream().map(ConfigCheck::path).collect(toSet());
        CrossfadeConfig rest = null;
        try {
            rest = CrossfadeConfig.loadInSpite(file).orElse(null);
        } catch (InvalidSettingsException e) {
            return found; // nothing of it can be read
        }
        if (rest != null) {
            ConfigCheck check = new ConfigCheck(rest, plugins);
            check.look();
            check.violations.stream()
                    .filter(each -> !paths.contains(path(each)) && !isOfABrokenSpace(each, paths))
                    .forEach(all::add);
        }
        return new InvalidSettingsException(all);
    }

    /** Whether it is about an embedder whose space is a stand-in. */
    private static boolean isOfABrokenSpace(String violation, Set<String> paths) {
        int embedder = violation.indexOf(".embedder.");
        return violation.startsWith("spaces.")
                && embedder > 0
                && paths.stream().anyMatch(path -> path.startsWith(violation.substring(0, embedder) + "."));
    }

    private static String path(String violation) {
        return violation.split(": ", 2)[0];
    }

    /**
     * Checks the options of embedders, as each type knows them.
     *
     * @throws InvalidSettingsException with every violation
     */
    public static void embedders(CrossfadeConfig config, Plugins plugins) {
        ConfigCheck check = new ConfigCheck(config, plugins);
        check.checkEmbedders();
        check.done();
    }

    private void run() {
        look();
        done();
    }

    private void look() {
        checkOptions();
        checkEmbedders();
        Places places = new Places(config, plugins);
        violations.addAll(places.namedTwice());
        violations.addAll(places.sharedByCollections());
    }

    private void done() {
        if (!violations.isEmpty()) {
            throw new InvalidSettingsException(violations);
        }
    }

    private void checkEmbedders() {
        for (String space : new TreeSet<>(config.spaces().keySet())) {
            EmbedderSettings embedder = config.embedder(space);
            if (embedder != null) {
                check(() -> checkEmbedder(space, embedder), "spaces." + space + ".embedder.");
            }
        }
    }

    private void checkEmbedder(String space, EmbedderSettings embedder) {
        try {
            EmbedderChain.check(config.space(space), embedder.type(), embedder.options());
        } catch (InvalidSettingsException e) {
            throw e.under("spaces." + space + ".embedder");
        }
    }

    /** Each driver knows its own options, and so does each control store. */
    private void checkOptions() {
        for (String name : new TreeSet<>(config.indexes().keySet())) {
            check(() -> checkIndex(name), "indexes." + name + ".");
        }
        StoreDefinition store = config.store();
        check(() -> plugins.store(store.store()).check(store), "");
    }

    private void checkIndex(String name) {
        IndexDefinition index;
        try {
            index = config.index(name);
        } catch (IllegalArgumentException e) {
            return; // it names a space that there is not, and that has been told
        }
        plugins.driver(index.driver()).check(index);
    }

    private void check(Runnable check, String prefix) {
        try {
            check.run();
        } catch (InvalidSettingsException e) {
            violations.addAll(e.violations());
        } catch (IllegalArgumentException e) {
            violations.add(prefix + e.getMessage());
        }
    }
}
