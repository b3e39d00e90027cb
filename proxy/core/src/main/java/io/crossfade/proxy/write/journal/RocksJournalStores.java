package io.crossfade.proxy.write.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * The real stores: each journal in a RocksDB of its own, with threads of its own.
 *
 * @param maxBytes that each may take on disk
 * @param turns of the threads that journals are used on
 * @param nanos tells how long the disk takes
 */
public record RocksJournalStores(long maxBytes, Turns turns, LongSupplier nanos) implements JournalStores {
    /** For threads that have no turns. */
    RocksJournalStores(long maxBytes) {
        this(maxBytes, Turns.NONE, () -> 0);
    }

    @Override
    public JournalStore open(Path directory) throws IOException {
        return watched(directory, RocksJournalStore.open(directory, RocksJournalStore.currentBootId(), maxBytes));
    }

    @Override
    public JournalStore salvage(Path directory) throws IOException {
        return watched(directory, RocksJournalStore.salvage(directory, RocksJournalStore.currentBootId(), maxBytes));
    }

    private JournalStore watched(Path directory, JournalStore store) {
        return turns == Turns.NONE ? store : new WatchedStore(store, directory.resolveSibling("probe"), nanos);
    }

    @Override
    public ExecutorService thread(String name) {
        return threadNamed(name);
    }

    private static ExecutorService threadNamed(String name) {
        return Executors.newSingleThreadExecutor(task -> {
            Thread worker = new Thread(task, "crossfade-journal-" + name);
            worker.setDaemon(true);
            return worker;
        });
    }

    /** A store that leaves what might wait for the disk to who may wait. */
    private static final class WatchedStore extends ForwardingStore {
        private final JournalStore store;
        private final ExecutorService probes;
        private final DiskWatch disk;
        private final LongSupplier nanos;

        WatchedStore(JournalStore store, Path probe, LongSupplier nanos) {
            this.store = store;
            this.probes = threadNamed("probe");
            this.nanos = nanos;
            this.disk = new DiskWatch(probe, probes, nanos);
        }

        @Override
        JournalStore store() {
            return store;
        }

        @Override
        public void apply(List<Change> changes) throws IOException {
            long from = nanos.getAsLong();
            store.apply(changes);
            disk.hasTaken(from);
        }

        @Override
        public boolean tryApply(List<Change> changes) throws IOException {
            if (disk.mayWait()) {
                return false;
            }
            long from = nanos.getAsLong();
            boolean applied = store.tryApply(changes);
            disk.hasTaken(from);
            return applied;
        }

        @Override
        public void close() throws IOException {
            probes.shutdown();
            store.close();
        }
    }
}
