package io.crossfade.proxy.cli;

import io.crossfade.proxy.plugin.Plugins;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says where the drivers and control stores are that are not in the jar. */
final class DriversOption {
    @Option(
            names = "--drivers",
            paramLabel = "DIR",
            description = "Where drivers and control stores lie that are not in the jar, each in a folder of its own"
                    + " (default: $" + Plugins.VARIABLE + ", or else the folder 'drivers' beside the jar).")
    private @Nullable Path home;

    Plugins plugins() {
        return home == null ? Plugins.usual() : Plugins.in(home);
    }
}
