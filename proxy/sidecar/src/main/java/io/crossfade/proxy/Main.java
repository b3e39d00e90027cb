package io.crossfade.proxy;

import io.crossfade.proxy.cli.Cli;

/** The command {@code crossfade}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Netty's events for the flight recorder cost a start 0.3 s, whether they are recorded or not.
        System.getProperties().putIfAbsent("io.grpc.netty.shaded.io.netty.jfr.enabled", "false");
        System.exit(Cli.run(Proxy::start, args));
    }
}
