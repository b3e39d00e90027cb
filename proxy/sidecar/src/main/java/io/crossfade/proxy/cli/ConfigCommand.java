package io.crossfade.proxy.cli;

import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.control.StoreDefinition;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.plugin.Plugins;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done with a configuration file. */
@Command(name = "config", description = "Checks a configuration.", synopsisSubcommandLabel = "COMMAND")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConfigCommand {
    @Spec
    private CommandSpec spec;

    @Command(description = "Reads a configuration and lists all that is wrong with it. Starts and connects nothing.")
    int check(@Mixin DriversOption drivers, @Parameters(paramLabel = "FILE", description = "YAML file.") Path file)
            throws IOException {
        CrossfadeConfig config = CrossfadeConfig.load(file);
        try (Plugins plugins = drivers.plugins()) {
            checkOptions(config, plugins);
        }
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: ok: %d collections, %d indexes, %d spaces%n",
                        file,
                        config.collections().size(),
                        config.indexes().size(),
                        config.spaces().size());
        return ExitCode.DONE;
    }

    /** Each driver knows its own options, and so does each control store. */
    private static void checkOptions(CrossfadeConfig config, Plugins plugins) {
        List<String> violations = new ArrayList<>();
        for (String name : new TreeSet<>(config.indexes().keySet())) {
            IndexDefinition index = config.index(name);
            check(() -> plugins.driver(index.driver()).check(index), "indexes." + name + ".", violations);
        }
        StoreDefinition store = config.store();
        check(() -> plugins.store(store.store()).check(store), "", violations);
        if (!violations.isEmpty()) {
            throw new InvalidSettingsException(violations);
        }
    }

    private static void check(Runnable check, String prefix, List<String> violations) {
        try {
            check.run();
        } catch (InvalidSettingsException e) {
            violations.addAll(e.violations());
        } catch (IllegalArgumentException e) {
            violations.add(prefix + e.getMessage());
        }
    }
}
