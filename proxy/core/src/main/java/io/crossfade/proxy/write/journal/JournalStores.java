package io.crossfade.proxy.write.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;

/**
 * Opens the stores of journals. What is made of what they hold (found, missing, in doubt, begun anew) is decided by
 * {@link JournalFiles}; behind this is the disk alone, so that a test can bring one that fails on request.
 */
public interface JournalStores {
    /**
     * Opens the store in this directory, which is made if it is missing. It has not been loaded.
     *
     * @throws IOException that {@link JournalDamage} recognises if what lies there is not whole
     */
    JournalStore open(Path directory) throws IOException;

    /**
     * Opens what lies before the damage.
     *
     * @throws IOException that {@link JournalDamage} recognises if nothing can be read
     */
    JournalStore salvage(Path directory) throws IOException;

    /** Turns of the threads that journals are used on. */
    Turns turns();

    /**
     * Makes a thread for the journal of this collection. It is shut down with the store.
     *
     * @param name part of the thread's name
     */
    ExecutorService thread(String name);
}
