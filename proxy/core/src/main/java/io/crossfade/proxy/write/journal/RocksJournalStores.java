package io.crossfade.proxy.write.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The real stores: each journal in a RocksDB of its own, with threads of its own.
 *
 * @param maxBytes that each may take on disk
 */
public record RocksJournalStores(long maxBytes) implements JournalStores {
    @Override
    public JournalStore open(Path directory) throws IOException {
        return RocksJournalStore.open(directory, RocksJournalStore.currentBootId(), maxBytes);
    }

    @Override
    public JournalStore salvage(Path directory) throws IOException {
        return RocksJournalStore.salvage(directory, RocksJournalStore.currentBootId(), maxBytes);
    }

    @Override
    public ExecutorService thread(String name) {
        return Executors.newSingleThreadExecutor(task -> {
            Thread worker = new Thread(task, "crossfade-journal-" + name);
            worker.setDaemon(true);
            return worker;
        });
    }
}
