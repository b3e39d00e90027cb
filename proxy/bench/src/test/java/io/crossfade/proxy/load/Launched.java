package io.crossfade.proxy.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The sidecar's jar, started as the launcher starts it. */
final class Launched {
    static final String MAIN = "io.crossfade.proxy.Main";
    static final Path JAR = Path.of("..", "sidecar", "target", "crossfade.jar");

    private static final Path LAUNCHER = Path.of("..", "..", "crossfade");
    private static final Pattern OPTIONS = Pattern.compile("^options=\"(-\\S[^\"]*)\"$", Pattern.MULTILINE);
    private static final Pattern ENVIRONMENT =
            Pattern.compile("^(MALLOC\\w+)=\\$\\{\\w+:-(\\d+)}$", Pattern.MULTILINE);
    private static final Pattern PORTS = Pattern.compile("data=(\\d+) admin=(\\d+) .*");

    private Launched() {}

    /** The launcher's, and others after them. */
    static List<String> options(List<String> others) throws IOException {
        Matcher found = OPTIONS.matcher(Files.readString(LAUNCHER));
        if (!found.find()) {
            throw new IOException(LAUNCHER + ": no line options=\"...\" (expected: the options of the Java machine)");
        }
        List<String> options = new ArrayList<>(List.of(found.group(1).split(" ", -1)));
        options.add("-DCROSSFADE_LOG_LEVEL=WARN");
        options.addAll(others);
        return options;
    }

    static Map<String, String> environment() throws IOException {
        return ENVIRONMENT
                .matcher(Files.readString(LAUNCHER))
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
    }

    static Child start(List<String> options, Path config) throws IOException {
        return Child.start(
                Child.java(
                        options, "-cp", JAR.toString(), MAIN, "serve", "--while-input", "--config", config.toString()),
                environment(),
                "serving ");
    }

    static int dataPort(Child sidecar) {
        return Integer.parseInt(ports(sidecar).group(1));
    }

    static int adminPort(Child sidecar) {
        return Integer.parseInt(ports(sidecar).group(2));
    }

    private static Matcher ports(Child sidecar) {
        Matcher ports = PORTS.matcher(sidecar.greeting());
        if (!ports.matches()) {
            throw new IllegalStateException(sidecar.greeting() + " (expected: data=PORT admin=PORT ...)");
        }
        return ports;
    }
}
