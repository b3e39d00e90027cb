package io.crossfade.proxy.cli;

import io.crossfade.proxy.config.CrossfadeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a sidecar until it is told to stop. */
@Command(
        name = "serve",
        description = "Runs the sidecar until SIGTERM or SIGINT, which end it in order.",
        footer = {"", "Prints one line when it serves: 'serving data=PORT admin=PORT ops=PORT'."})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeCommand implements Callable<Integer> {
    private final ServerStarter starter;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "crossfade-data",
            description = "With --embedded: where indexes, journal and state are kept (default: ${DEFAULT-VALUE}).")
    private Path data;

    @Option(
            names = "--free-ports",
            description =
                    "With --embedded: listen on free ports of the loopback interface, not on 7400, 7401 and 7402.")
    private boolean freePorts;

    @Mixin
    private DriversOption drivers;

    @Option(
            names = "--once",
            description = "Stop, in order, as soon as it serves: a smoke test of a configuration, and what an archive"
                    + " of the classes that a start needs is made from.")
    private boolean once;

    @Option(names = "--while-input", hidden = true, description = "Stop when standard input ends.")
    private boolean whileInput;

    @Spec
    private CommandSpec spec;

    ServeCommand(ServerStarter starter) {
        this.starter = starter;
    }

    /** The source of the configuration, one of two. */
    static final class Source {
        @Option(names = "--config", paramLabel = "FILE", description = "YAML file; see docs/configuration.md.")
        @Nullable
        Path config;

        @Option(
                names = "--embedded",
                description = "A ready configuration to try things out: one collection, 'documents', on this disk.")
        boolean embedded;
    }

    @Override
    public Integer call() throws Exception {
        Serving serving =
                new Serving(starter, drivers.plugins(), spec.commandLine().getOut());
        CrossfadeConfig config = config();
        if (once) {
            serving.once(config);
        } else {
            serving.untilStopped(config, whileInput);
        }
        return ExitCode.DONE;
    }

    private CrossfadeConfig config() throws IOException {
        if (source.config == null) {
            return CrossfadeConfig.embedded(data, freePorts);
        } else if (freePorts) {
            throw new ParameterException(spec.commandLine(), "--free-ports: with --config (expected: with --embedded)");
        }
        return CrossfadeConfig.load(source.config);
    }
}
