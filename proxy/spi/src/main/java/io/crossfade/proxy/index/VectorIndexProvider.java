package io.crossfade.proxy.index;

import io.crossfade.proxy.time.Time;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Makes the indexes of one driver; found by {@link java.util.ServiceLoader}.
 *
 * <p>A driver that is not in the sidecar's jar lies in a folder beside it, with the libraries that it needs, and has a
 * class loader of its own. It sees the Java platform, the packages {@code time}, {@code settings}, {@code model},
 * {@code index} and {@code control} of Crossfade, the annotations of JSpecify, SLF4J, which logs where the sidecar
 * does, and its own jars; of the sidecar it sees nothing else. All calls of this interface and of the index that it
 * makes come with that class loader as the thread's context class loader, and so do tasks that it gives to its
 * {@link Context}. Threads that it starts meanwhile inherit it.
 */
public interface VectorIndexProvider {
    /** The name of the driver, as written under {@code driver} in the configuration. */
    String driver();

    /**
     * Checks the options, and touches nothing that they name.
     *
     * @throws IllegalArgumentException with name, value and expectation if an option is wrong
     */
    void check(IndexDefinition definition);

    /**
     * Where the index is: two definitions of this driver with one place are one and the same index, and any two others
     * are not. One text for one place, however the options spell it; connects to nothing, and makes nothing.
     *
     * @param dataDirectory relative paths in options start here
     * @throws IllegalArgumentException with name, value and expectation if an option is wrong
     */
    String place(IndexDefinition definition, Path dataDirectory);

    /**
     * Checks the options and makes an index that is not open yet.
     *
     * @throws IllegalArgumentException with name, value and expectation if an option is wrong
     */
    VectorIndex create(IndexDefinition definition, Context context);

    /**
     * What the sidecar lends to a driver.
     *
     * @param dataDirectory relative paths in options start here
     * @param blocking runs work that blocks or computes for long, on threads that are the index's own and end with it. They
     *     and the queue to them are bounded: what finds no room is refused with a RejectedExecutionException, which {@link
     *     TimedCall#run} turns into an answer
     * @param loops the threads that serve the sidecar's own connections, if they are Netty's event loops as gRPC brings it: a driver
     *     that speaks gRPC by the same library saves two thread switches a call if its channels are on them. Never to be blocked.
     *     Null if there are none, as for a driver that has its own libraries
     */
    record Context(
            Path dataDirectory, Executor blocking, @Nullable ScheduledExecutorService loops, Time time) {
        /** Without event loops. */
        public Context(Path dataDirectory, Executor blocking, Time time) {
            this(dataDirectory, blocking, null, time);
        }
    }
}
