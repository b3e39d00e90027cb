package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.rocks.LogCheck;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Damage of a journal: what is looked for in its files before RocksDB opens them, and what counts as damage if it then
 * refuses to.
 */
final class JournalDamage {
    private JournalDamage() {}

    /** Whether the files are damaged, as opposed to out of reach. */
    static boolean is(IOException failure) {
        return failure instanceof DamagedException
                || (failure.getCause() instanceof RocksDBException rocks
                        && rocks.getStatus() != null
                        && rocks.getStatus().getCode() == Status.Code.Corruption);
    }

    private static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1;

        DamagedException(String message) {
            super(message);
        }
    }

    /**
     * @throws IOException if there is damage that RocksDB would not report
     */
    static void check(Path directory, int families) throws IOException {
        for (Path log : logs(directory)) {
            OptionalLong strange = LogCheck.firstStrange(log);
            if (strange.isPresent()) {
                throw new DamagedException("journal " + log + ": byte " + strange.getAsLong()
                        + " begins no whole record (expected: one, or the end)");
            }
        }
        checkManifest(directory);
        if (Files.exists(directory.resolve("CURRENT"))) {
            checkFamilies(directory, families);
        }
    }

    /**
     * A manifest that is gone is damage like any other, though RocksDB takes it for a disk out of reach; and it would begin
     * a new journal in the midst of what is left of one without CURRENT.
     *
     * @throws IOException if there is no manifest, and there was one
     */
    static void checkManifest(Path directory) throws IOException {
        Path current = directory.resolve("CURRENT");
        if (!Files.exists(current)) {
            List<Path> left = files(directory, "{*.log,*.sst,MANIFEST-*}");
            if (!left.isEmpty()) {
                throw new DamagedException("journal " + directory + ": CURRENT is missing beside "
                        + left.get(0).getFileName() + " (expected: all files of a journal, or none)");
            }
            return;
        }
        String manifest = new String(Files.readAllBytes(current), StandardCharsets.UTF_8).strip();
        if (isManifest(manifest) && !Files.exists(directory.resolve(manifest))) {
            throw new DamagedException(
                    "journal " + directory + ": " + manifest + " is missing (expected: the file that CURRENT names)");
        }
    }

    private static boolean isManifest(String name) {
        return name.matches("MANIFEST-[0-9]+");
    }

    /** Checks the column families: if the manifest had lost one, its records in the log would be nobody's. */
    private static void checkFamilies(Path directory, int families) throws IOException {
        try (Options options = new Options()) {
            int found =
                    RocksDB.listColumnFamilies(options, directory.toString()).size();
            if (found != families) {
                throw new DamagedException(
                        "journal " + directory + ": " + found + " column families (expected: " + families + ")");
            }
        } catch (RocksDBException e) {
            throw new IOException("journal " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Cuts off what {@link #check} finds in the logs, so that RocksDB survives to read what is before. */
    static void cutLogs(Path directory) throws IOException {
        for (Path log : logs(directory)) {
            OptionalLong strange = LogCheck.firstStrange(log);
            if (strange.isPresent()) {
                try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
                    file.truncate(strange.getAsLong()).force(true);
                }
            }
        }
    }

    private static List<Path> logs(Path directory) throws IOException {
        return files(directory, "{*.log,MANIFEST-*}");
    }

    private static List<Path> files(Path directory, String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.exists(directory)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, pattern)) {
                found.forEach(files::add);
            }
        }
        return files;
    }
}
