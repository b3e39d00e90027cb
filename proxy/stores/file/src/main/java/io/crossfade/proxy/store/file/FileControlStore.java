package io.crossfade.proxy.store.file;

import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.Watchers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file per record, replaced by an atomic rename after a sync; a lock file keeps a second sidecar out. A file is
 * revision (8 bytes), CRC32C of revision and value (4 bytes), value. One thread does all the work.
 */
public final class FileControlStore implements ControlStore {
    private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;

    private final Path directory;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final Watchers watchers = new Watchers();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread worker = new Thread(task, "crossfade-control");
        worker.setDaemon(true);
        return worker;
    });

    private FileControlStore(Path directory, FileChannel lockFile, FileLock lock) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * @throws IOException if the directory cannot be written or another sidecar uses it
     */
    public static FileControlStore open(Path directory) throws IOException {
        Files.createDirectories(directory);
        FileChannel file =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(file);
        if (lock == null) {
            file.close();
            throw new IOException(
                    "control.dir: " + directory + " is in use (expected: a directory of this sidecar alone)");
        }
        return new FileControlStore(directory, file, lock);
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public CompletableFuture<Optional<Versioned>> read(String name) {
        return CompletableFuture.supplyAsync(() -> load(name), thread);
    }

    private Optional<Versioned> load(String name) {
        Path path = path(name);
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
            if (bytes.remaining() < HEADER_BYTES) {
                throw new IOException(
                        path + ": " + bytes.remaining() + " bytes (expected: at least " + HEADER_BYTES + ")");
            }
            long revision = bytes.getLong();
            int expected = bytes.getInt();
            byte[] value = new byte[bytes.remaining()];
            bytes.get(value);
            if (checksum(revision, value) != expected) {
                throw new IOException(path + ": damaged (expected: checksum " + expected + ")");
            }
            return Optional.of(new Versioned(value, revision));
        } catch (IOException e) {
            throw new ControlException("control record " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public CompletableFuture<Boolean> compareAndSet(String name, long expectedRevision, byte[] value) {
        if (value.length > LARGEST_RECORD) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("control record " + name + ": "
                    + value.length + " bytes (expected: at most " + LARGEST_RECORD + ")"));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    long revision = load(name).map(Versioned::revision).orElse(0L);
                    if (revision != expectedRevision) {
                        return false;
                    }
                    Versioned next = new Versioned(value, revision + 1);
                    store(name, next);
                    watchers.tell(name, next);
                    return true;
                },
                thread);
    }

    private void store(String name, Versioned state) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + state.value().length)
                .putLong(state.revision())
                .putInt(checksum(state.revision(), state.value()))
                .put(state.value())
                .flip();
        Path temporary = directory.resolve(name + ".tmp");
        try {
            // A new file each time: one whose sync failed is not synced again.
            Files.deleteIfExists(temporary);
            write(temporary, bytes);
            Files.move(temporary, path(name), StandardCopyOption.ATOMIC_MOVE);
            syncDirectory();
        } catch (IOException e) {
            throw new ControlException(
                    "control record " + name + " cannot be written to " + directory + ": " + e.getMessage(), e);
        }
    }

    private static void write(Path path, ByteBuffer bytes) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
    }

    private void syncDirectory() throws IOException {
        try (FileChannel self = FileChannel.open(directory, StandardOpenOption.READ)) {
            self.force(true);
        }
    }

    private Path path(String name) {
        return directory.resolve(name + ".record");
    }

    private static int checksum(long revision, byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(revision).flip());
        crc.update(value);
        return (int) crc.getValue();
    }

    @Override
    public Watch watch(String name, Consumer<Versioned> listener) {
        Watch watch = watchers.add(name, listener);
        thread.execute(() -> load(name).ifPresent(listener));
        return watch;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            lock.release();
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
