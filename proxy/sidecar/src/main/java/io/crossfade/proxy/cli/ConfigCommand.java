package io.crossfade.proxy.cli;

import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.settings.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.Command;
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
    int check(@Parameters(paramLabel = "FILE", description = "YAML file.") Path file) throws IOException {
        CrossfadeConfig config = CrossfadeConfig.load(file);
        checkDrivers(config);
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

    /** Each driver knows its own options. */
    private static void checkDrivers(CrossfadeConfig config) {
        List<String> violations = new ArrayList<>();
        for (String name : new TreeSet<>(config.indexes().keySet())) {
            IndexDefinition index = config.index(name);
            try {
                VectorIndexProvider.of(index.driver()).check(index);
            } catch (InvalidSettingsException e) {
                violations.addAll(e.violations());
            } catch (IllegalArgumentException e) {
                violations.add("indexes." + name + "." + e.getMessage());
            }
        }
        if (!violations.isEmpty()) {
            throw new InvalidSettingsException(violations);
        }
    }
}
