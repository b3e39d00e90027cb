package io.crossfade.proxy.config;

import io.crossfade.proxy.control.StoreDefinition;
import io.crossfade.proxy.embed.EmbedderChain;
import io.crossfade.proxy.embed.EmbedderSettings;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.plugin.Plugins;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.util.ArrayList;
import java.util.List;
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
        checkOptions();
        checkEmbedders();
        Places places = new Places(config, plugins);
        violations.addAll(places.namedTwice());
        violations.addAll(places.sharedByCollections());
        done();
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
            IndexDefinition index = config.index(name);
            check(() -> plugins.driver(index.driver()).check(index), "indexes." + name + ".");
        }
        StoreDefinition store = config.store();
        check(() -> plugins.store(store.store()).check(store), "");
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
