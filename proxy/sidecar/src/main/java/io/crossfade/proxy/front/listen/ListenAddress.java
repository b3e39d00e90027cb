package io.crossfade.proxy.front.listen;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A TCP address, or a Unix socket.
 *
 * @param host empty for a Unix socket
 * @param port 0 for any free one
 * @param path of the Unix socket; empty for TCP
 */
public record ListenAddress(String host, int port, String path) {
    private static final String UNIX = "unix:";
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]]+):(\\d{1,5})");
    private static final int MAX_PORT = 65_535;
    private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    /** Reads {@code host:port}, {@code [IPv6]:port} or {@code unix:/PATH}. */
    public static ListenAddress parse(String text) {
        if (text.startsWith(UNIX + "/")) {
            return new ListenAddress("", 0, text.substring(UNIX.length()));
        }
        Matcher matcher = HOST_AND_PORT.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > MAX_PORT) {
            throw new IllegalArgumentException("host:port with a port of 0 to 65535, or unix:/PATH");
        }
        String host = matcher.group(1).replace("[", "").replace("]", "");
        return new ListenAddress(host, Integer.parseInt(matcher.group(2)), "");
    }

    /** Where to bind; of TCP only. */
    public InetSocketAddress toSocket() {
        return new InetSocketAddress(host, port);
    }

    /** Whether only one of the two can be listened on. Names are not looked up. */
    boolean collides(ListenAddress other) {
        boolean isOnePort = !isUnix() && !other.isUnix() && port == other.port && port != 0;
        return isOnePort && (isEverywhere() || other.isEverywhere() || isOneHost(other));
    }

    private boolean isEverywhere() {
        return EVERYWHERE.contains(host);
    }

    private boolean isOneHost(ListenAddress other) {
        return host.equalsIgnoreCase(other.host) || (LOOPBACK.contains(host) && LOOPBACK.contains(other.host));
    }

    public boolean isUnix() {
        return !path.isEmpty();
    }

    @Override
    public String toString() {
        return isUnix() ? UNIX + path : (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
