package io.crossfade.proxy.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;

/** Runs a command line. */
public final class Cli {
    private static final List<Class<?>> COMMANDS =
            List.of(ServeCommand.class, AdminCommand.class, ConfigCommand.class, RehearseCommand.class);

    private Cli() {}

    /**
     * @return the exit code
     */
    public static int run(ServerStarter starter, String... arguments) {
        return PlainServe.is(arguments)
                ? PlainServe.of(arguments).run(starter, writer(System.out), writer(System.err))
                : commandLine(starter, arguments).execute(arguments);
    }

    /**
     * Makes the command line of the command that these arguments begin with, and of all if they begin with none:
     * reading the annotations of every verb takes its time.
     */
    static CommandLine commandLine(ServerStarter starter, String... arguments) {
        CommandLine commandLine = new CommandLine(new CrossfadeCommand(), new Factory(starter));
        List<Class<?>> named = COMMANDS.stream()
                .filter(each -> Arrays.stream(arguments).limit(1).anyMatch(name(each)::equals))
                .toList();
        (named.isEmpty() ? all() : named).forEach(commandLine::addSubcommand);
        commandLine.setExecutionExceptionHandler(new ErrorLines());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setAbbreviatedOptionsAllowed(false);
        return commandLine;
    }

    private static List<Class<?>> all() {
        List<Class<?>> all = new ArrayList<>(COMMANDS);
        ServiceLoader.load(CommandProvider.class).forEach(provider -> all.addAll(provider.commands()));
        return all;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, Charset.defaultCharset());
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    /** Makes the commands. */
    private record Factory(ServerStarter starter) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (type == ServeCommand.class) {
                return type.cast(new ServeCommand(starter));
            } else if (type == RehearseCommand.class) {
                return type.cast(new RehearseCommand(starter));
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
