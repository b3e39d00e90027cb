package io.crossfade.proxy.store.file;

import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.DamagedRecordException;
import io.crossfade.proxy.control.Revision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * One file per record, replaced by an atomic rename after a sync. A file is revision (8 bytes), CRC32C of revision and
 * value (4 bytes), value. Revisions count the changes of all records together, deletions too, so that none comes twice.
 *
 * <p>A rename or a deletion is seen before it is durable. Nothing is told of it until the directory has been synced:
 * while that fails, every call does, and after a start it is done first, for what a killed process may have left.
 *
 * <p>Owned by one thread.
 */
final class RecordFiles {
    private static final int HEADER_BYTES = Long.BYTES + Integer.BYTES;
    private static final String SUFFIX = ".record";

    /** No record can have this name: it remembers the number of the last deletion. */
    private static final String DELETIONS = "_deletions";

    private final Path directory;
    private final Sync sync;
    private long lastRevision;
    private boolean durable;

    /** Makes the names of files in a directory durable. */
    @FunctionalInterface
    interface Sync {
        void sync(Path directory) throws IOException;
    }

    private RecordFiles(Path directory, Sync sync, long lastRevision) {
        this.directory = directory;
        this.sync = sync;
        this.lastRevision = lastRevision;
    }

    static RecordFiles in(Path directory, Sync sync) throws IOException {
        long last = 0;
        for (String name : names(directory)) {
            last = Math.max(last, lastRevisionOf(file(directory, name)));
        }
        return new RecordFiles(directory, sync, last);
    }

    /** Reads the revision of a record; 0 of a damaged one, which will be refused to whoever reads it. */
    private static long lastRevisionOf(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        if (bytes.remaining() < HEADER_BYTES) {
            return 0;
        }
        long revision = bytes.getLong();
        int expected = bytes.getInt();
        byte[] value = new byte[bytes.remaining()];
        bytes.get(value);
        return checksum(revision, value) == expected ? revision : 0;
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .toList();
        }
    }

    private static Path file(Path directory, String name) {
        return directory.resolve(name + SUFFIX);
    }

    List<String> names() {
        makeDurable();
        try {
            return names(directory).stream()
                    .filter(name -> !name.equals(DELETIONS))
                    .toList();
        } catch (IOException e) {
            throw new ControlException("control records cannot be listed: " + e, e);
        }
    }

    Optional<Versioned> read(String name) {
        makeDurable();
        Path file = file(directory, name);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ControlException("control record " + name + " cannot be read: " + e, e);
        }
        return Optional.of(decode(name, file, bytes));
    }

    private static Versioned decode(String name, Path file, byte[] all) {
        if (all.length < HEADER_BYTES) {
            throw damaged(name, all, file + ": " + all.length + " bytes (expected: at least " + HEADER_BYTES + ")");
        }
        ByteBuffer bytes = ByteBuffer.wrap(all);
        long revision = bytes.getLong();
        int expected = bytes.getInt();
        byte[] value = new byte[bytes.remaining()];
        bytes.get(value);
        if (checksum(revision, value) != expected) {
            throw damaged(name, all, file + ": damaged (expected: checksum " + expected + ")");
        }
        return new Versioned(value, revision(revision));
    }

    /** A damaged record is known by its bytes: whoever replaces it has seen these. */
    private static DamagedRecordException damaged(String name, byte[] bytes, String problem) {
        Revision revision = new Revision("damaged-" + bytes.length + "-" + Integer.toHexString(checksum(0, bytes)));
        return new DamagedRecordException(
                "control record " + name + " cannot be read: " + problem, revision, new IOException(problem));
    }

    /** The revision of what is there now, be it damaged or absent. */
    Revision revision(String name) {
        try {
            return read(name).map(Versioned::revision).orElse(Revision.ABSENT);
        } catch (DamagedRecordException e) {
            return e.revision();
        }
    }

    private static Revision revision(long number) {
        return new Revision(Long.toString(number));
    }

    Revision write(String name, byte[] value) {
        long next = ++lastRevision;
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + value.length)
                .putLong(next)
                .putInt(checksum(next, value))
                .put(value)
                .flip();
        Path temporary = directory.resolve(name + ".tmp");
        try {
            // A new file each time: one whose sync failed is not synced again.
            Files.deleteIfExists(temporary);
            write(temporary, bytes);
            durable = false;
            Files.move(temporary, file(directory, name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ControlException(
                    "control record " + name + " cannot be written to " + directory + ": " + e.getMessage(), e);
        }
        makeDurable();
        return revision(next);
    }

    private static void write(Path path, ByteBuffer bytes) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
    }

    void delete(String name) {
        write(DELETIONS, new byte[0]);
        try {
            durable = false;
            Files.delete(file(directory, name));
        } catch (IOException e) {
            throw new ControlException(
                    "control record " + name + " cannot be deleted from " + directory + ": " + e.getMessage(), e);
        }
        makeDurable();
    }

    private void makeDurable() {
        if (durable) {
            return;
        }
        try {
            sync.sync(directory);
            durable = true;
        } catch (IOException e) {
            throw new ControlException("control.dir: " + directory + " cannot be synced: " + e.getMessage(), e);
        }
    }

    /** Syncs a directory of this machine. */
    static void sync(Path directory) throws IOException {
        try (FileChannel self = FileChannel.open(directory, StandardOpenOption.READ)) {
            self.force(true);
        }
    }

    private static int checksum(long revision, byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(revision).flip());
        crc.update(value);
        return (int) crc.getValue();
    }
}
