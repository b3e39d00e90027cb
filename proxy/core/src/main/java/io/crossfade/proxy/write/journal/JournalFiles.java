package io.crossfade.proxy.write.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A collection's journal on disk, with the threads that own it: {@code marks} and the block {@code dirty} in one
 * directory. Decides what is made of what is found there.
 */
public final class JournalFiles {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFiles.class);

    private static final long LEAST_ROOM = 16 << 20;

    private final String collection;
    private final Path directory;
    private final JournalStores stores;

    /**
     * @param directory of this collection's journal alone
     */
    public JournalFiles(String collection, Path directory, JournalStores stores) {
        this.collection = collection;
        this.directory = directory;
        this.stores = stores;
    }

    /** What is made of an open store and its threads. */
    @FunctionalInterface
    public interface Opener<T> {
        /**
         * @param doubt why records may be missing; empty if none can be. To be recorded before the store begins
         */
        T open(JournalStore store, Journal.Threads threads, Optional<String> doubt) throws IOException;
    }

    /**
     * @param begins a migration begins: what an older one has left is removed, but for the highest version that it gave,
     * and nothing can be missing
     * @throws UncheckedIOException that names the directory
     */
    public <T> T open(boolean begins, Opener<T> opener) {
        Lent threads = new Lent(stores.turns(), stores.thread(collection), stores.thread(collection + "-sync"));
        try {
            Found found = begins ? begun() : found();
            return opened(new OwningStore(found, threads), found.doubt(), opener);
        } catch (IOException e) {
            threads.end();
            throw new UncheckedIOException("journal of " + collection + " in " + directory + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            threads.end();
            throw e;
        }
    }

    private static <T> T opened(OwningStore store, Optional<String> doubt, Opener<T> opener) throws IOException {
        try {
            return opener.open(store, store.threads().lent(), doubt);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private record Found(JournalStore store, JournalStore.Contents contents, Optional<String> doubt) {
        Found doubted(String reason) {
            return new Found(store, contents, Optional.of(reason));
        }
    }

    private Path marks() {
        return directory.resolve("marks");
    }

    /** Where {@link DirtyFlag} keeps what it says. */
    public Path dirtyBlock() {
        return directory.resolve("dirty");
    }

    /**
     * Takes the highest version over into the new journal before the older one is removed: this beginning may be given up, or
     * end in the middle, and the next one has to know it, too.
     */
    private Found begun() throws IOException {
        Path older = directory.resolve("marks.older");
        long highest = Math.max(highestVersion(older), highestVersion(marks()));
        if (Files.exists(older)) {
            remove(marks());
        } else if (Files.exists(marks())) {
            Files.move(marks(), older);
        }
        remove(dirtyBlock());
        remove(damaged());
        Found found = whole(marks());
        try {
            if (highest > 0) {
                keep(highest, found.store());
            }
            remove(older);
        } catch (IOException e) {
            found.store().close();
            throw e;
        }
        return new Found(found.store(), found.contents().above(highest), found.doubt());
    }

    private static void keep(long highestVersion, JournalStore store) throws IOException {
        store.apply(List.of(new JournalStore.Change.HighestVersion(highestVersion)));
        store.sync();
    }

    /** The highest version that an older migration gave, as far as its journal can still be read. */
    private long highestVersion(Path marks) {
        if (!Files.exists(marks)) {
            return 0;
        }
        try (JournalStore older = stores.open(marks)) {
            return older.load().highestVersion();
        } catch (IOException e) {
            LOG.warn("{}: the journal of an older migration cannot be read", collection, e);
            return 0;
        }
    }

    /**
     * Finds what a stopped process has left. What would not be found a second time is recorded at once: a process that
     * is killed here leaves the doubt behind, not a journal that looks whole. A journal that is missing looks so until
     * it begins.
     */
    private Found found() throws IOException {
        Path marks = marks();
        Path block = dirtyBlock();
        if (Files.exists(marks) && DirtyFlag.isMissing(block)) {
            recordDoubt(block, "the journal's dirty block is missing");
        }
        try {
            Found whole = whole(marks);
            return whole.contents().isNew() ? whole.doubted("the journal is missing") : whole;
        } catch (IOException e) {
            if (!JournalDamage.is(e)) {
                throw e;
            }
            String reason = "the journal is damaged: " + e.getMessage();
            recordDoubt(block, reason);
            return salvaged(marks).doubted(reason);
        }
    }

    private static void recordDoubt(Path block, String reason) throws IOException {
        DirtyRange everything = new DirtyRange(0, reason);
        try (DirtyFlag flag = DirtyFlag.open(block, Optional.of(everything))) {
            flag.set(everything.since(), reason);
        }
    }

    private Found whole(Path marks) throws IOException {
        return loaded(stores.open(marks));
    }

    private Found salvaged(Path marks) throws IOException {
        try {
            return loaded(stores.salvage(marks));
        } catch (IOException e) {
            if (!JournalDamage.is(e)) {
                throw e;
            }
            setAside(marks);
            return whole(marks);
        }
    }

    private static Found loaded(JournalStore store) throws IOException {
        try {
            return new Found(store, store.load(), Optional.empty());
        } catch (IOException e) {
            store.close();
            throw e;
        }
    }

    /** Moves a damaged journal aside for whoever wants to look at it; a later one replaces it. */
    private void setAside(Path marks) throws IOException {
        remove(damaged());
        Files.move(marks, damaged());
    }

    private Path damaged() {
        return directory.resolve("marks.damaged");
    }

    private static void remove(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private record Lent(Turns turns, ExecutorService appends, ExecutorService syncs) {
        Journal.Threads lent() {
            return new Journal.Threads(turns, appends, syncs);
        }

        void end() {
            appends.shutdown();
            syncs.shutdown();
        }
    }

    /**
     * A store that has been loaded, and ends its threads when it is closed. Opened again, it is another one, in new files of
     * the same directory; swapped when nobody else uses it.
     */
    private final class OwningStore extends ForwardingStore {
        private final Contents contents;
        private final Lent threads;
        private volatile JournalStore store;
        private boolean isOpen = true;

        OwningStore(Found found, Lent threads) {
            this.store = found.store();
            this.contents = found.contents();
            this.threads = threads;
        }

        Lent threads() {
            return threads;
        }

        @Override
        public Contents load() {
            return contents;
        }

        @Override
        JournalStore store() {
            return store;
        }

        @Override
        public Contents reopen() throws IOException {
            requireRoom();
            if (isOpen) {
                isOpen = false;
                store.close();
            }
            Found again = foundAgain();
            store = again.store();
            isOpen = true;
            return again.contents();
        }

        @Override
        public void close() throws IOException {
            try {
                if (isOpen) {
                    store.close();
                }
            } finally {
                threads.end();
            }
        }
    }

    private Found foundAgain() throws IOException {
        try {
            return whole(marks());
        } catch (IOException e) {
            if (!JournalDamage.is(e)) {
                throw e;
            }
            return salvaged(marks());
        }
    }

    /** What is opened with less would fail again at once. */
    private void requireRoom() throws IOException {
        long room = Files.getFileStore(directory).getUsableSpace();
        if (room < LEAST_ROOM) {
            throw new IOException(directory + ": " + room + " bytes left (expected: " + LEAST_ROOM + ")");
        }
    }
}
