package io.crossfade.proxy.control;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Small records that several sidecars read and change. Assumes no more of a backend than compare-and-set on single
 * records.
 *
 * <p>Every answer is linearizable: it says how things stood at some moment between the call and its answer, for all who
 * use the store. A future that fails, with a {@link ControlException}, says nothing of the sort; a change whose future
 * fails may have been made, or may still be. A name or value that {@link RecordCheck} refuses throws at once, and
 * nothing is sent.
 *
 * <p>Safe for use by many threads. All methods return at once, and futures complete on any thread.
 */
public interface ControlStore extends AutoCloseable {
    /** The most bytes of one value. */
    int LARGEST_VALUE = 256 * 1024;

    /** Reads a record; empty if there is none of this name. Fails with a {@link DamagedRecordException} if it is damaged. */
    CompletableFuture<Optional<Versioned>> read(String name);

    /**
     * Writes a record if its revision is still the expected one.
     *
     * @param expected {@link Revision#ABSENT} makes a new record; that of a damaged one replaces it
     */
    CompletableFuture<Change> compareAndSet(String name, Revision expected, byte[] value);

    /**
     * Deletes a record if its revision is still the expected one. If the record is gone already that is a conflict.
     *
     * @param expected a revision that was read or written
     */
    CompletableFuture<Change> delete(String name, Revision expected);

    /**
     * Reads the records whose names begin with a prefix, by name. Every record that is there from the call to its
     * answer is among them, each as it stood at some moment in between.
     *
     * @param prefix "" for all
     */
    CompletableFuture<SortedMap<String, Versioned>> list(String prefix);

    /**
     * Calls the listener with the name of a record that may have been written or deleted, from now on. It is a hint: it
     * may come late or twice, or not at all, and after a hint a read says what is the case. The listener must be short
     * and may run on any thread; what it throws goes to that thread's handler of uncaught exceptions.
     *
     * @param prefix of the names that are of interest; "" for all
     */
    Watch watch(String prefix, Consumer<String> listener);

    /**
     * Says when the store was last heard of: the latest begin of a call that it has answered, as nanoseconds of the
     * {@link io.crossfade.proxy.time.Time} that the store was opened with. Empty before the first answer. What was read
     * then was not older than that.
     */
    OptionalLong heardAt();

    /** Whether several sidecars use it, so that another one may join at any time. */
    boolean isShared();

    /** Ends watches. Calls that come later fail, and so may those that are under way. */
    @Override
    void close();

    /** A record as it stood. */
    record Versioned(byte[] value, Revision revision) {}

    /** A watch that can be ended. */
    @FunctionalInterface
    interface Watch {
        void stop();
    }
}
