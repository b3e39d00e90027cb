package io.crossfade.proxy.control;

import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * Opens control stores of one kind; found by {@link java.util.ServiceLoader}. One that is not in the sidecar's jar may
 * rely on what {@link io.crossfade.proxy.index.VectorIndexProvider} says of drivers.
 */
public interface ControlStoreProvider {
    /** The name of the kind, as written under {@code control.store} in the configuration. */
    String store();

    /**
     * Checks the options, and touches nothing that they name.
     *
     * @throws IllegalArgumentException with name, value and expectation if an option is wrong
     */
    void check(StoreDefinition definition);

    /**
     * Checks the options and opens the store, once for each start of a sidecar; it may wait for the store.
     *
     * @throws IllegalArgumentException with name, value and expectation if an option is wrong
     * @throws IOException with name, value and expectation if the store cannot be had
     */
    ControlStore open(StoreDefinition definition, Context context) throws IOException;

    /**
     * What the sidecar lends to a store.
     *
     * @param dataDirectory relative paths in options start here
     * @param blocking runs work that blocks or computes for long
     */
    record Context(Path dataDirectory, Executor blocking, Time time) {}
}
