package io.crossfade.proxy.front;

import java.net.InetSocketAddress;

/** The address where a listener listens. */
sealed interface ListenerAddress {
    /** {@code host:port}; port 0 takes any free one. */
    record Tcp(InetSocketAddress address) implements ListenerAddress {}

    /** {@code unix:/path}. */
    record Unix(String path) implements ListenerAddress {}

    /**
     * @throws IllegalArgumentException that names the listener
     */
    static ListenerAddress parse(String listener, String value) {
        if (value.startsWith("unix:/")) {
            return new Unix(value.substring("unix:".length()));
        }
        return new Tcp(parseTcp(listener, value));
    }

    static InetSocketAddress parseTcp(String listener, String value) {
        int colon = value.lastIndexOf(':');
        int port = colon < 1 ? -1 : parsePort(value.substring(colon + 1));
        if (port < 0) {
            throw new IllegalArgumentException("listeners." + listener + ": " + value + " (expected: host:port"
                    + (listener.equals("ops") ? ")" : " or unix:/path)"));
        }
        String host = value.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new InetSocketAddress(bracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    private static int parsePort(String digits) {
        try {
            int port = Integer.parseInt(digits);
            return port <= 0xffff ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
