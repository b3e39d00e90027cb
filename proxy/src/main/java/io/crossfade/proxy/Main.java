package io.crossfade.proxy;

import io.crossfade.proxy.cli.Cli;

/** The command {@code crossfade}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Cli.run(Proxy::start, args));
    }
}
