package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Options of the driver.
 *
 * @param address of the other Crossfade's data listener: {@code host:port} or {@code unix:/path}
 * @param collection its name there
 * @param tls speak TLS, trusting the platform's certificates
 * @param unknownSettle how long after it was sent a write whose answer was lost may still take effect there. However
 * long it was under way, the other Crossfade, by its own clock, does not begin it any later
 */
record CrossfadeIndexSettings(
        String address,
        String collection,
        @Default("false") boolean tls,
        @Default("5s") Duration unknownSettle) {
    private static final Pattern TCP =
            Pattern.compile("(dns:///)?(\\[[0-9a-fA-F:.]+]|[^:/\\[\\]\\s]+):(?<port>\\d{1,5})");
    private static final Pattern UNIX = Pattern.compile("unix:/.+");
    private static final int MAX_PORT = 65_535;

    CrossfadeIndexSettings {
        new Check()
                .that(isAddress(address), "address", address.isEmpty() ? "empty" : address, "host:port or unix:/PATH")
                .notEmpty("collection", collection)
                .positive("unknown_settle", unknownSettle)
                .done();
    }

    private static boolean isAddress(String address) {
        Matcher tcp = TCP.matcher(address);
        return UNIX.matcher(address).matches() || (tcp.matches() && Integer.parseInt(tcp.group("port")) <= MAX_PORT);
    }
}
