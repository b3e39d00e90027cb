package io.crossfade.proxy.cli;

/** A running sidecar, as much of it as the command line needs. */
public interface Server extends AutoCloseable {
    int dataPort();

    int adminPort();

    int opsPort();

    /** Stops in order: ends running calls, writes what is pending. */
    @Override
    void close();
}
