package io.crossfade.proxy.index;

import io.crossfade.proxy.time.Time;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/** Makes the indexes of one driver; found by {@link java.util.ServiceLoader}. */
public interface VectorIndexProvider {
    /** As written under {@code driver} in the configuration. */
    String driver();

    /**
     * Checks the options, and touches nothing that they name.
     *
     * @throws IllegalArgumentException with name, value and expectation if an option is wrong
     */
    void check(IndexDefinition definition);

    /**
     * Checks the options and makes an index that is not open yet.
     *
     * @throws IllegalArgumentException with name, value and expectation if an option is wrong
     */
    VectorIndex create(IndexDefinition definition, Context context);

    /**
     * The provider of a driver.
     *
     * @throws IllegalArgumentException if there is none
     */
    static VectorIndexProvider of(String driver) {
        Map<String, VectorIndexProvider> known = new TreeMap<>();
        ServiceLoader.load(VectorIndexProvider.class).forEach(each -> known.put(each.driver(), each));
        VectorIndexProvider found = known.get(driver);
        if (found == null) {
            throw new IllegalArgumentException("driver: " + driver + " (expected: one of " + known.keySet() + ")");
        }
        return found;
    }

    /**
     * What the sidecar lends to a driver.
     *
     * @param dataDirectory relative paths in options start here
     * @param blocking runs work that blocks or computes for long
     */
    record Context(Path dataDirectory, Executor blocking, Time time) {}
}
