package io.crossfade.proxy.config;

import io.crossfade.proxy.control.StoreDefinition;
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

    private void run() {
        checkOptions();
        Places places = new Places(config, plugins);
        violations.addAll(places.namedTwice());
        violations.addAll(places.sharedByCollections());
        if (!violations.isEmpty()) {
            throw new InvalidSettingsException(violations);
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
