package io.crossfade.proxy.cli;

import io.crossfade.proxy.config.ConfigCheck;
import io.crossfade.proxy.config.ConfigTrial;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.observe.LogSetup;
import io.crossfade.proxy.plugin.Plugins;
import java.io.IOException;
import java.nio.file.Path;
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

    @Command(
            description = "Reads a configuration and lists all that is wrong with it. Loads its models and asks its"
                    + " embedding servers for a vector; opens no index, listens nowhere and makes nothing.")
    int check(@Mixin DriversOption drivers, @Parameters(paramLabel = "FILE", description = "YAML file.") Path file)
            throws IOException {
        CrossfadeConfig config;
        try (Plugins plugins = drivers.plugins()) {
            LogSetup.check(System.getenv());
            config = ConfigCheck.load(file, plugins);
        }
        ConfigTrial.run(config).forEach(each -> spec.commandLine().getErr().println("crossfade: not tried: " + each));
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
}
