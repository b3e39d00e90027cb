package io.crossfade.proxy.harness;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.journal.JournalStore;
import io.crossfade.proxy.write.journal.JournalStores;
import io.crossfade.proxy.write.journal.MarkRecord;
import io.crossfade.proxy.write.journal.ParkedRecord;
import io.crossfade.proxy.write.journal.Sent;
import io.crossfade.proxy.write.journal.Turns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * Where a journal in memory keeps its records. It outlives the processes that use it; a loss of power takes what was
 * not synced, and writes and syncs fail on request. What is in it goes with its directory.
 */
public final class JournalDisk {
    private final Records synced = new Records();
    private final List<JournalStore.Change> unsynced = new ArrayList<>();
    private boolean exists;
    private boolean stopped;
    private boolean powerLost;
    private int appliesUntilFailure = -1;
    private int syncsUntilFailure = -1;
    private int syncs;
    private int opened;
    private Supplier<Duration> latency = () -> Duration.ZERO;
    private long busyUntil;

    private static final class Records implements JournalStore.Records {
        private final Map<Long, MarkRecord> marks = new TreeMap<>();
        private final Map<Key, ParkedRecord> parked = new TreeMap<>();
        private final Map<String, Sent> notes = new TreeMap<>();
        private long highestVersion;
        private long written;

        void putAll(Records other) {
            marks.putAll(other.marks);
            parked.putAll(other.parked);
            notes.putAll(other.notes);
            highestVersion = other.highestVersion;
            written = other.written;
        }

        @Override
        public void open(MarkRecord mark) {
            marks.put(mark.sequence(), mark);
        }

        @Override
        public void close(long sequence) {
            marks.remove(sequence);
        }

        @Override
        public void park(ParkedRecord document) {
            parked.put(document.key(), document);
        }

        @Override
        public void unpark(Key key) {
            parked.remove(key);
        }

        @Override
        public void note(Sent sent) {
            notes.put(sent.index(), sent);
        }

        @Override
        public void highestVersion(long version) {
            highestVersion = version;
        }
    }

    /** A process begins to use it, without a directory. */
    public JournalStore open(Life life) {
        return new Store(life);
    }

    /**
     * What a process opens journals with.
     *
     * @param turns of the process's threads
     * @param thread runs the journal's tasks one at a time
     */
    JournalStores stores(Life life, Turns turns, Executor thread) {
        return new JournalStores() {
            @Override
            public JournalStore open(Path directory) throws IOException {
                if (Files.notExists(directory)) {
                    opened++;
                    clear();
                    Files.createDirectories(directory);
                }
                return new Store(life);
            }

            @Override
            public JournalStore salvage(Path directory) throws IOException {
                return open(directory);
            }

            @Override
            public Turns turns() {
                return turns;
            }

            @Override
            public ExecutorService thread(String collection) {
                return new TasksOn(thread);
            }
        };
    }

    /** How long the next task of a journal's thread takes; those behind it wait. */
    public void latency(Supplier<Duration> next) {
        latency = next;
    }

    /** Runs the tasks of a journal one after another, each when the disk has got to it. */
    Executor thread(Life life, Time time) {
        return task -> {
            long ready = Math.max(busyUntil, time.nanos() + latency.get().toNanos());
            if (ready <= time.nanos()) {
                task.run();
                return;
            }
            busyUntil = ready;
            time.after(Duration.ofNanos(ready - time.nanos()), () -> {
                if (!life.isOver()) {
                    task.run();
                }
            });
        };
    }

    /** The machine loses power: what was not synced is gone. The process must have ended. */
    public void losePower() {
        unsynced.clear();
        powerLost = true;
    }

    /** All that is on it now, to be put back some time. */
    public Runnable copy() {
        return copyTo(this);
    }

    /** As {@link #copy}, to be put on another disk. */
    Runnable copyTo(JournalDisk other) {
        flush();
        Records copied = new Records();
        copied.putAll(synced);
        return () -> {
            other.clear();
            other.synced.putAll(copied);
            other.exists = true;
        };
    }

    /**
     * What the journal knows of the notes on an index.
     *
     * @param sent number of the last note
     * @param written by then
     */
    public record Known(long sent, long written) {}

    public Known known(String index) {
        flush();
        Sent sent = synced.notes.get(index);
        return new Known(sent == null ? 0 : sent.sent(), synced.written);
    }

    private void clear() {
        unsynced.clear();
        synced.marks.clear();
        synced.parked.clear();
        synced.notes.clear();
        synced.written = 0;
        synced.highestVersion = 0;
        exists = false;
        stopped = false;
        powerLost = false;
        appliesUntilFailure = -1;
        syncsUntilFailure = -1;
    }

    public boolean exists() {
        return exists;
    }

    /** The n-th append from now fails, from 0. */
    public void failApply(int n) {
        appliesUntilFailure = n;
    }

    /** The n-th sync from now fails, from 0. */
    public void failSync(int n) {
        syncsUntilFailure = n;
    }

    /** Nothing fails any more. */
    public void heal() {
        appliesUntilFailure = -1;
        syncsUntilFailure = -1;
    }

    /** Keys with an open mark, synced or not. */
    public Set<Key> markedKeys() {
        Map<Long, Key> open = new HashMap<>();
        synced.marks.forEach((sequence, mark) -> open.put(sequence, mark.key()));
        unsynced.forEach(change -> {
            if (change instanceof JournalStore.Change.Open opened) {
                open.put(opened.mark().sequence(), opened.mark().key());
            } else if (change instanceof JournalStore.Change.Close close) {
                open.remove(close.sequence());
            }
        });
        return Set.copyOf(open.values());
    }

    /** The key has open marks, and a loss of power would take all of them. */
    public boolean isMarkUnsynced(Key key) {
        return markedKeys().contains(key)
                && synced.marks.values().stream().noneMatch(mark -> mark.key().equals(key));
    }

    /** What an orderly or killed process would find. */
    public List<MarkRecord> marks() {
        flush();
        return List.copyOf(synced.marks.values());
    }

    private void flush() {
        try {
            for (JournalStore.Change change : unsynced) {
                change.applyTo(synced);
                synced.written++;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        unsynced.clear();
    }

    public int unsyncedChanges() {
        return unsynced.size();
    }

    /** How often a journal was begun anew. */
    public int opened() {
        return opened;
    }

    public int syncs() {
        return syncs;
    }

    private final class Store implements JournalStore {
        private final Life life;
        private boolean closed;

        Store(Life life) {
            this.life = life;
        }

        @Override
        public Contents load() {
            List<MarkRecord> marks = marks();
            return new Contents(
                    marks,
                    List.copyOf(synced.parked.values()),
                    List.copyOf(synced.notes.values()),
                    synced.highestVersion,
                    marks.isEmpty() ? 0 : marks.get(marks.size() - 1).sequence(),
                    !exists,
                    exists && powerLost && !stopped);
        }

        @Override
        public void begin() {
            exists = true;
            stopped = false;
            powerLost = false;
        }

        @Override
        public void apply(List<Change> changes) throws IOException {
            check();
            if (appliesUntilFailure >= 0 && appliesUntilFailure-- == 0) {
                throw new IOException("no space left on device");
            }
            unsynced.addAll(changes);
        }

        /** What would take some time is not begun. */
        @Override
        public boolean tryApply(List<Change> changes) throws IOException {
            if (!latency.get().isZero()) {
                return false;
            }
            apply(changes);
            return true;
        }

        @Override
        public void sync() throws IOException {
            check();
            syncs++;
            if (syncsUntilFailure >= 0 && syncsUntilFailure-- == 0) {
                throw new IOException("input/output error");
            }
            flush();
        }

        /** A real store would end the process here. */
        private void check() {
            if (closed || life.isOver()) {
                throw new AssertionError("the journal is used after its end");
            }
        }

        @Override
        public long written() {
            return synced.written + unsynced.size();
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void close() {
            check();
            flush();
            stopped = true;
            closed = true;
        }
    }
}
