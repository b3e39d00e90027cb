package io.crossfade.proxy.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Runs a command line. */
public final class Cli {
    private Cli() {}

    /**
     * @return the exit code
     */
    public static int run(ServerStarter starter, String... arguments) {
        return commandLine(starter).execute(arguments);
    }

    static CommandLine commandLine(ServerStarter starter) {
        CommandLine commandLine = new CommandLine(new CrossfadeCommand(), new Factory(starter));
        commandLine.setExecutionExceptionHandler(new Failures());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setAbbreviatedOptionsAllowed(false);
        return commandLine;
    }

    /** Makes the commands. */
    private record Factory(ServerStarter starter) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            return type == ServeCommand.class
                    ? type.cast(new ServeCommand(starter))
                    : CommandLine.defaultFactory().create(type);
        }
    }
}
