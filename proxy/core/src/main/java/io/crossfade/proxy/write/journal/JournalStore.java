package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import java.io.IOException;
import java.util.List;

/**
 * Where a journal keeps its records. Used by one thread at a time, but for {@link #sync}, which another may call beside what goes
 * on, and which must not hold that up. After an {@link IOException} from {@link #apply} or
 * {@link #sync} the store is not used again: a failed sync is never retried on the same files.
 */
public interface JournalStore extends AutoCloseable {
    /**
     * Loads all that is held; called before anything else. Nothing is changed: a process that ends here was never
     * there.
     */
    Contents load() throws IOException;

    /**
     * Makes this process, and this start of the machine, the owners of the records from now on. Called once, when all
     * that {@link #load} puts in doubt has been recorded durably: the next process will not find that doubt again.
     */
    void begin() throws IOException;

    /**
     * Applies changes together. When it returns they survive the end of this process, though perhaps not of the
     * machine.
     */
    void apply(List<Change> changes) throws IOException;

    /** As {@link #apply}, unless that might have to wait for the disk: then nothing is applied, and the answer is false. */
    boolean tryApply(List<Change> changes) throws IOException;

    /** Syncs: when this returns, all that was applied before it was called survives the end of the machine. */
    void sync() throws IOException;

    /**
     * How many records have ever been written, roughly: it grows with each {@link #apply}, and goes back only if what
     * was written is lost.
     */
    long written();

    /** Bytes on disk, roughly: of all that it holds, and of what it no longer needs. May be asked by either thread. */
    long bytes();

    /**
     * After a failure: lets go of what has failed, and opens what is whole of it again, in other files, which is then to be
     * begun. Nobody else may use the store meanwhile.
     *
     * @return what is held
     * @throws IOException if it still fails, or cannot be opened again; it may be tried again
     */
    default Contents reopen() throws IOException {
        throw new IOException("the journal cannot be opened again");
    }

    /** Closes the store; a stop without this is a crash. */
    @Override
    void close() throws IOException;

    /** One change. */
    sealed interface Change {
        /** Makes this change to what a store keeps. */
        void applyTo(Records records) throws IOException;

        record Open(MarkRecord mark) implements Change {
            @Override
            public void applyTo(Records records) throws IOException {
                records.open(mark);
            }
        }

        record Close(long sequence) implements Change {
            @Override
            public void applyTo(Records records) throws IOException {
                records.close(sequence);
            }
        }

        record Park(ParkedRecord document) implements Change {
            @Override
            public void applyTo(Records records) throws IOException {
                records.park(document);
            }
        }

        record Unpark(Key key) implements Change {
            @Override
            public void applyTo(Records records) throws IOException {
                records.unpark(key);
            }
        }

        /** How far the notes on an index have come. */
        record Note(Sent sent) implements Change {
            @Override
            public void applyTo(Records records) throws IOException {
                records.note(sent);
            }
        }

        /** The highest version that was issued. */
        record HighestVersion(long version) implements Change {
            @Override
            public void applyTo(Records records) throws IOException {
                records.highestVersion(version);
            }
        }
    }

    /** What a store keeps, as changes see it: a method for each kind of change. */
    interface Records {
        void open(MarkRecord mark) throws IOException;

        void close(long sequence) throws IOException;

        void park(ParkedRecord document) throws IOException;

        void unpark(Key key) throws IOException;

        void note(Sent sent) throws IOException;

        void highestVersion(long version) throws IOException;
    }

    /**
     * @param notes on each index that was noted on
     * @param highestVersion ever issued
     * @param highestSequence ever used
     * @param isNew there was no journal before
     * @param afterPowerLoss the machine restarted without an orderly stop, so that records may be missing
     */
    record Contents(
            List<MarkRecord> marks,
            List<ParkedRecord> parked,
            List<Sent> notes,
            long highestVersion,
            long highestSequence,
            boolean isNew,
            boolean afterPowerLoss) {
        /** The same, with versions that begin above this one. */
        Contents above(long version) {
            return new Contents(
                    marks, parked, notes, Math.max(highestVersion, version), highestSequence, isNew, afterPowerLoss);
        }
    }
}
