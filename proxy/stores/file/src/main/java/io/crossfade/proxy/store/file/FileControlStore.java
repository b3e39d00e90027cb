package io.crossfade.proxy.store.file;

import io.crossfade.proxy.control.Change;
import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.Heard;
import io.crossfade.proxy.control.RecordCheck;
import io.crossfade.proxy.control.Revision;
import io.crossfade.proxy.control.Watchers;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A directory of {@link RecordFiles}; a lock file keeps a second sidecar out. One thread does all the work. */
public final class FileControlStore implements ControlStore {
    private final Path directory;
    private final RecordFiles files;
    private final FileChannel lock;
    private final Heard heard;
    private final Watchers watchers = new Watchers();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread worker = new Thread(task, "crossfade-control");
        worker.setDaemon(true);
        return worker;
    });

    private FileControlStore(Path directory, RecordFiles files, FileChannel lock, Time time) {
        this.directory = directory;
        this.files = files;
        this.lock = lock;
        this.heard = new Heard(time);
    }

    /**
     * Opens a directory, and makes it if it is missing.
     *
     * @throws IOException if the directory cannot be written or another sidecar uses it
     */
    public static FileControlStore open(Path directory, Time time) throws IOException {
        return open(directory, time, RecordFiles::sync);
    }

    static FileControlStore open(Path directory, Time time, RecordFiles.Sync sync) throws IOException {
        create(directory.toAbsolutePath(), sync);
        FileChannel file =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (tryLock(file) == null) {
                throw new IOException(
                        "control.dir: " + directory + " is in use (expected: a directory of this sidecar alone)");
            }
            return new FileControlStore(directory, RecordFiles.in(directory, sync), file, time);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Makes a directory and those above it, so that they are there after a loss of power too. */
    private static void create(Path directory, RecordFiles.Sync sync) throws IOException {
        Path above = directory.getParent();
        if (Files.isDirectory(directory) || above == null) {
            return;
        }
        create(above, sync);
        Files.createDirectories(directory);
        sync.sync(above);
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private <T> CompletableFuture<T> call(Supplier<T> work) {
        try {
            return heard.call(() -> CompletableFuture.supplyAsync(work, thread));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new ControlException("control.dir: " + directory + " is closed (expected: open)", e));
        }
    }

    @Override
    public CompletableFuture<Optional<Versioned>> read(String name) {
        RecordCheck.name(name);
        return call(() -> files.read(name));
    }

    @Override
    public CompletableFuture<Change> compareAndSet(String name, Revision expected, byte[] value) {
        RecordCheck.value(name, value);
        byte[] kept = value.clone();
        return change(name, expected, () -> files.write(name, kept));
    }

    @Override
    public CompletableFuture<Change> delete(String name, Revision expected) {
        RecordCheck.deletion(name, expected);
        return change(name, expected, () -> {
            files.delete(name);
            return Revision.ABSENT;
        });
    }

    private CompletableFuture<Change> change(String name, Revision expected, Supplier<Revision> change) {
        return call(() -> {
            if (!files.revision(name).equals(expected)) {
                return new Change.Conflict();
            }
            try {
                return new Change.Done(change.get());
            } finally {
                watchers.tell(name); // if it has failed, it may have been made all the same
            }
        });
    }

    @Override
    public CompletableFuture<SortedMap<String, Versioned>> list(String prefix) {
        RecordCheck.prefix(prefix);
        return call(() -> {
            SortedMap<String, Versioned> found = new TreeMap<>();
            for (String name : files.names()) {
                if (name.startsWith(prefix)) {
                    files.read(name).ifPresent(record -> found.put(name, record));
                }
            }
            return found;
        });
    }

    @Override
    public Watch watch(String prefix, Consumer<String> listener) {
        return watchers.add(prefix, listener);
    }

    @Override
    public OptionalLong heardAt() {
        return heard.at();
    }

    @Override
    public boolean isShared() {
        return false;
    }

    /** Waits for what is under way, and then lets the directory go. */
    @Override
    public void close() {
        if (thread.isShutdown()) {
            return;
        }
        watchers.stop();
        CompletableFuture<Void> unlocked = CompletableFuture.runAsync(this::unlock, thread);
        thread.shutdown();
        unlocked.join();
    }

    private void unlock() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
