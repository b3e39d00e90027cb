package io.crossfade.proxy.cli;

import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.plugin.Plugins;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * The command {@code serve --config FILE}, as supervisors run it, with no other option than {@code --while-input}. It
 * does the same as {@link ServeCommand} and needs no parser, which would be a sixth of a sidecar's way to being ready:
 * picocli's classes are in a format that no archive of classes takes.
 */
record PlainServe(Path config, boolean whileInput) {
    static boolean is(String... arguments) {
        int last = arguments.length - 1;
        return (last == 2 || (last == 3 && arguments[1].equals("--while-input")))
                && arguments[0].equals("serve")
                && arguments[last - 1].equals("--config")
                && isPlain(arguments[last]);
    }

    /** Whether the name is only a name: picocli reads more into some. */
    private static boolean isPlain(String file) {
        return !file.isEmpty() && "-@'\"".indexOf(file.charAt(0)) < 0;
    }

    static PlainServe of(String... arguments) {
        int last = arguments.length - 1;
        return new PlainServe(Path.of(arguments[last]), last == 3);
    }

    /**
     * @return the exit code
     */
    int run(ServerStarter starter, PrintWriter out, PrintWriter err) {
        try {
            new Serving(starter, Plugins.usual(), out).untilStopped(CrossfadeConfig.load(config), whileInput);
            return ExitCode.DONE;
        } catch (Exception e) {
            int code = ErrorLines.tell(e, err);
            err.flush();
            return code;
        }
    }
}
