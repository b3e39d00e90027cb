package io.crossfade.proxy.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code crossfade} itself; {@link Cli} gives it its subcommands. */
@Command(
        name = "crossfade",
        description = "Moves live vector search from one index to another without downtime.",
        versionProvider = CrossfadeCommand.Version.class,
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:the command line, the configuration or the request is wrong",
            "3:blocked: what stands in the way is listed",
            "4:the sidecar cannot be reached, or does not answer in time",
            "5:overtaken: somebody else took a step; look at the status and decide again"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CrossfadeCommand implements Runnable {
    static final String VERBOSE = "--verbose";

    @Option(names = VERBOSE, scope = ScopeType.INHERIT, description = "Show where errors come from.")
    private boolean verbose;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "no command (expected: one of those below)");
    }

    /** The version, from the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Cli.class.getPackage().getImplementationVersion();
            return new String[] {
                "crossfade " + (version == null ? "(not packaged)" : version),
                "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
            };
        }
    }
}
