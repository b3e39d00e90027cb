package io.crossfade.proxy.write.journal;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.rocks.NativeLibrary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A journal in RocksDB: its write-ahead log gives the page-cache append, the group-committed sync and the checksums;
 * its compaction forgets closed marks. Any damage is refused, a torn tail too: {@link #open} opens a whole journal
 * only, and {@link #salvage} what lies before the damage. After a failed sync RocksDB itself refuses all further
 * writes.
 */
public final class RocksJournalStore implements JournalStore {
    private static final long FORMAT = 1;
    private static final long MOST_LOG_BYTES = 32 << 20;
    private static final long LEAST_LOG_BYTES = 256 << 10;
    private static final long MOST_BUFFER_BYTES = 8 << 20;
    private static final long LEAST_BUFFER_BYTES = 64 << 10;
    private static final int FAMILIES = 3;
    private static final byte[] FORMAT_KEY = ascii("format");
    private static final byte[] BOOT_KEY = ascii("boot");
    private static final byte[] STOPPED_KEY = ascii("stopped");
    private static final byte[] NOTE_PREFIX = ascii("note:");
    private static final byte[] VERSION_KEY = ascii("version");

    private final Path directory;
    private final String bootId;
    private final DBOptions options;
    private final ColumnFamilyOptions familyOptions;
    private final WriteOptions unsynced = new WriteOptions().setSync(false);
    private final WriteOptions unsyncedAtOnce =
            new WriteOptions().setSync(false).setNoSlowdown(true);
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final List<ColumnFamilyHandle> families = new ArrayList<>();
    private final RocksDB db;
    private boolean begun;
    private volatile boolean failed;

    private RocksJournalStore(Path directory, String bootId, long maxBytes, WALRecoveryMode recovery)
            throws IOException {
        this.directory = directory;
        this.bootId = bootId;
        options = databaseOptions(recovery)
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWalRecoveryMode(recovery)
                .setMaxTotalWalSize(between(LEAST_LOG_BYTES, maxBytes / 8, MOST_LOG_BYTES))
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0)
                .setMaxBackgroundJobs(2);
        familyOptions = new ColumnFamilyOptions()
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(between(LEAST_BUFFER_BYTES, maxBytes / 16, MOST_BUFFER_BYTES))
                .setMaxWriteBufferNumber(2);
        Files.createDirectories(directory);
        try {
            db = RocksDB.open(options, directory.toString(), descriptors(), families);
        } catch (RocksDBException e) {
            closeOptions();
            throw new IOException("journal " + directory + ": " + e.getMessage() + expected(e), e);
        }
    }

    /** Of what is damaged nothing can be expected but what is done about it. */
    private static String expected(RocksDBException failure) {
        boolean isLocked = String.valueOf(failure.getMessage()).contains("lock");
        return isLocked
                ? " (expected: a directory that no other sidecar uses)"
                : " (expected: a whole journal in a directory that can be read and written)";
    }

    /**
     * Each log names the one before it, so that one that is gone is missed; the option has no setter. What is salvaged has
     * lost something already.
     */
    private static DBOptions databaseOptions(WALRecoveryMode recovery) {
        Properties chained = new Properties();
        chained.setProperty("track_and_verify_wals", Boolean.toString(recovery == WALRecoveryMode.AbsoluteConsistency));
        return requireNonNull(DBOptions.getDBOptionsFromProps(chained), "options of RocksDB");
    }

    private static long between(long least, long wanted, long most) {
        return Math.min(most, Math.max(least, wanted));
    }

    static RocksJournalStore open(Path directory, String bootId) throws IOException {
        return open(directory, bootId, Long.MAX_VALUE);
    }

    /**
     * Opens or creates a journal.
     *
     * @param bootId changes with every start of the machine
     * @param maxBytes that it may take on disk. What is no longer needed, in the log and in tables, stays well below
     * @throws IOException if it is damaged ({@link JournalDamage#is}), be it in its last record only
     */
    static RocksJournalStore open(Path directory, String bootId, long maxBytes) throws IOException {
        // Before any object of RocksDB exists: each is a native one.
        NativeLibrary.load(directory.resolveSibling("native"));
        JournalDamage.check(directory, FAMILIES);
        return new RocksJournalStore(directory, bootId, maxBytes, WALRecoveryMode.AbsoluteConsistency);
    }

    /** Opens what a damaged journal holds before the damage; the rest is cut off for good. */
    static RocksJournalStore salvage(Path directory, String bootId, long maxBytes) throws IOException {
        JournalDamage.checkManifest(directory);
        JournalDamage.cutLogs(directory);
        return new RocksJournalStore(directory, bootId, maxBytes, WALRecoveryMode.PointInTimeRecovery);
    }

    /** What identifies the machine's start; where there is no such thing, a value that never repeats. */
    public static String currentBootId() throws IOException {
        Path linux = Path.of("/proc/sys/kernel/random/boot_id");
        return Files.isReadable(linux)
                ? Files.readString(linux).strip()
                : java.util.UUID.randomUUID().toString();
    }

    private List<ColumnFamilyDescriptor> descriptors() {
        return List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions),
                new ColumnFamilyDescriptor(ascii("marks"), familyOptions),
                new ColumnFamilyDescriptor(ascii("parked"), familyOptions));
    }

    private ColumnFamilyHandle facts() {
        return families.get(0);
    }

    private ColumnFamilyHandle marks() {
        return families.get(1);
    }

    private ColumnFamilyHandle parked() {
        return families.get(2);
    }

    @Override
    public Contents load() throws IOException {
        try {
            byte[] format = db.get(facts(), FORMAT_KEY);
            boolean stopped = db.get(facts(), STOPPED_KEY) != null;
            byte[] boot = db.get(facts(), BOOT_KEY);
            boolean sameBoot = boot != null && new String(boot, StandardCharsets.UTF_8).equals(bootId);
            if (format != null && RecordCodec.decodeLong(format) != FORMAT) {
                throw new IOException(
                        "journal: format " + RecordCodec.decodeLong(format) + " (expected: " + FORMAT + ")");
            }
            return read(format == null, format != null && !stopped && !sameBoot);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    private Contents read(boolean isNew, boolean afterPowerLoss) throws IOException, RocksDBException {
        List<MarkRecord> open = new ArrayList<>();
        try (RocksIterator each = db.newIterator(marks())) {
            for (each.seekToFirst(); each.isValid(); each.next()) {
                open.add(RecordCodec.decodeMark(each.value()));
            }
            each.status();
        }
        List<ParkedRecord> aside = new ArrayList<>();
        try (RocksIterator each = db.newIterator(parked())) {
            for (each.seekToFirst(); each.isValid(); each.next()) {
                aside.add(RecordCodec.decodeParked(each.value()));
            }
            each.status();
        }
        byte[] version = db.get(facts(), VERSION_KEY);
        return new Contents(
                open,
                aside,
                readNotes(),
                version == null ? 0 : RecordCodec.decodeLong(version),
                open.isEmpty() ? 0 : open.get(open.size() - 1).sequence(),
                isNew,
                afterPowerLoss);
    }

    private List<Sent> readNotes() throws IOException, RocksDBException {
        List<Sent> notes = new ArrayList<>();
        try (RocksIterator each = db.newIterator(facts())) {
            for (each.seek(NOTE_PREFIX); each.isValid() && isNote(each.key()); each.next()) {
                notes.add(RecordCodec.decodeSent(each.value()));
            }
            each.status();
        }
        return notes;
    }

    private static boolean isNote(byte[] key) {
        return Arrays.mismatch(key, NOTE_PREFIX) == NOTE_PREFIX.length;
    }

    private static byte[] noteKey(String index) {
        byte[] name = index.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(NOTE_PREFIX.length + name.length)
                .put(NOTE_PREFIX)
                .put(name)
                .array();
    }

    @Override
    public long written() {
        return db.getLatestSequenceNumber();
    }

    @Override
    public void begin() throws IOException {
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(facts(), FORMAT_KEY, RecordCodec.encode(FORMAT));
            batch.put(facts(), BOOT_KEY, bootId.getBytes(StandardCharsets.UTF_8));
            batch.delete(facts(), STOPPED_KEY);
            db.write(synced, batch);
            begun = true;
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    @Override
    public void apply(List<Change> changes) throws IOException {
        try (WriteBatch batch = batch(changes)) {
            db.write(unsynced, batch);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    /** False while RocksDB holds writes up, because its tables do not get to the disk as fast as records come. */
    @Override
    public boolean tryApply(List<Change> changes) throws IOException {
        try (WriteBatch batch = batch(changes)) {
            db.write(unsyncedAtOnce, batch);
            return true;
        } catch (RocksDBException e) {
            if (isHeldUp(e)) {
                return false;
            }
            throw failure(e);
        }
    }

    private static boolean isHeldUp(RocksDBException e) {
        return e.getStatus() != null && e.getStatus().getCode() == Status.Code.Incomplete;
    }

    private WriteBatch batch(List<Change> changes) throws IOException {
        WriteBatch batch = new WriteBatch();
        try {
            Records records = new BatchedRecords(batch);
            for (Change change : changes) {
                change.applyTo(records);
            }
            return batch;
        } catch (IOException | RuntimeException e) {
            batch.close();
            throw e;
        }
    }

    /** The records as they will be once a batch is written. */
    private final class BatchedRecords implements Records {
        private final WriteBatch batch;

        BatchedRecords(WriteBatch batch) {
            this.batch = batch;
        }

        @Override
        public void open(MarkRecord mark) throws IOException {
            put(marks(), RecordCodec.encode(mark.sequence()), RecordCodec.encode(mark));
        }

        @Override
        public void close(long sequence) throws IOException {
            delete(marks(), RecordCodec.encode(sequence));
        }

        @Override
        public void park(ParkedRecord document) throws IOException {
            put(parked(), RecordCodec.encode(document.key()), RecordCodec.encode(document));
        }

        @Override
        public void unpark(Key key) throws IOException {
            delete(parked(), RecordCodec.encode(key));
        }

        @Override
        public void note(Sent sent) throws IOException {
            put(facts(), noteKey(sent.index()), RecordCodec.encode(sent));
        }

        @Override
        public void highestVersion(long version) throws IOException {
            put(facts(), VERSION_KEY, RecordCodec.encode(version));
        }

        private void put(ColumnFamilyHandle family, byte[] key, byte[] value) throws IOException {
            try {
                batch.put(family, key, value);
            } catch (RocksDBException e) {
                throw failure(e);
            }
        }

        private void delete(ColumnFamilyHandle family, byte[] key) throws IOException {
            try {
                batch.delete(family, key);
            } catch (RocksDBException e) {
                throw failure(e);
            }
        }
    }

    @Override
    public void sync() throws IOException {
        try {
            db.flushWal(true);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    /** For tests: from now on what is in memory does not become tables. */
    void pauseTables() throws RocksDBException {
        db.pauseBackgroundWork();
    }

    void resumeTables() throws RocksDBException {
        db.continueBackgroundWork();
    }

    private IOException failure(RocksDBException cause) {
        failed = true;
        return new IOException("journal: " + cause.getMessage(), cause);
    }

    /** Tables and logs: what is in memory beside them is in the logs. */
    @Override
    public long bytes() {
        try {
            long bytes = logBytes();
            for (ColumnFamilyHandle family : families) {
                bytes += db.getLongProperty(family, "rocksdb.total-sst-files-size");
            }
            return bytes;
        } catch (RocksDBException | IOException e) {
            return 0;
        }
    }

    private long logBytes() throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "*.log")) {
            for (Path log : logs) {
                bytes += sizeOf(log);
            }
        }
        return bytes;
    }

    private static long sizeOf(Path log) throws IOException {
        try {
            return Files.size(log);
        } catch (NoSuchFileException e) {
            return 0; // it was no longer needed
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (begun && !failed) {
                db.put(facts(), synced, STOPPED_KEY, new byte[0]);
            }
        } catch (RocksDBException e) {
            throw failure(e);
        } finally {
            families.forEach(ColumnFamilyHandle::close);
            db.close();
            closeOptions();
        }
    }

    private void closeOptions() {
        unsynced.close();
        unsyncedAtOnce.close();
        synced.close();
        familyOptions.close();
        options.close();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
