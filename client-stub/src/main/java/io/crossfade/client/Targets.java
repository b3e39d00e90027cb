package io.crossfade.client;

import java.util.regex.Pattern;

/** Reads where a target leads. */
final class Targets {
    private static final Pattern LOCAL =
            Pattern.compile("unix:.*|(dns:///)?(localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1])(:\\d+)?");

    private Targets() {}

    /** Whether calls stay on this machine. */
    static boolean isLocal(String target) {
        return LOCAL.matcher(target).matches();
    }
}
