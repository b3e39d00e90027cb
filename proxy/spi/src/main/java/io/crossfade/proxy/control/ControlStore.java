package io.crossfade.proxy.control;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Small records that several sidecars read and change. Assumes no more of a backend than compare-and-set on single
 * records of at most 256 KiB, and a watch that may skip states but always ends with the latest.
 */
public interface ControlStore extends AutoCloseable {
    int LARGEST_RECORD = 256 * 1024;

    /** Reads a record; empty if there is none of this name. */
    CompletableFuture<Optional<Versioned>> read(String name);

    /**
     * Replaces a record if its revision is still the expected one; 0 expects that there is none. Durable when the
     * future completes. False if the revision moved; a failed future leaves open whether the change was made.
     */
    CompletableFuture<Boolean> compareAndSet(String name, long expectedRevision, byte[] value);

    /** Calls the listener with the present state, if there is one, and after each change, one call at a time. */
    Watch watch(String name, Consumer<Versioned> listener);

    /** Whether several sidecars use it, so that another one may join at any time. */
    boolean isShared();

    @Override
    void close();

    /**
     * @param revision grows with each change of this record
     */
    record Versioned(byte[] value, long revision) {}

    /** A watch that can be ended. */
    @FunctionalInterface
    interface Watch {
        void stop();
    }
}
