package io.crossfade.proxy.driver.crossfade;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Where another Crossfade is, in one spelling. Names are not looked up: two names of one machine are two places. */
final class Place {
    private static final String UNIX = "unix:";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private Place() {}

    static String of(String address) {
        if (address.startsWith(UNIX)) {
            return UNIX + Path.of(address.substring(UNIX.length())).normalize();
        }
        String lower = address.toLowerCase(Locale.ROOT);
        int colon = lower.lastIndexOf(':');
        String host = colon < 0 ? lower : lower.substring(0, colon);
        return (LOOPBACK.contains(host) ? "localhost" : host) + (colon < 0 ? "" : lower.substring(colon));
    }
}
