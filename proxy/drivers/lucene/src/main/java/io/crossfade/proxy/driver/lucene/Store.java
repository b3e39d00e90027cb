package io.crossfade.proxy.driver.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.index.IndexException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** The column families of one index in RocksDB, with bounded memory: 16 MiB of cache, 16 MiB of write buffers. */
final class Store implements AutoCloseable {
    private static final long CACHE_BYTES = 16 << 20;
    private static final long WRITE_BUFFER_BYTES = 16 << 20;
    private static final long LOG_BYTES = 64 << 20;
    private static final int BLOOM_BITS_PER_KEY = 10;
    private static final int MAX_OPEN_FILES = 256;
    private static final String TRIED = "tried";

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final List<ColumnFamilyHandle> families = new ArrayList<>();
    private final WriteOptions writeOptions;
    private final WriteOptions syncedWrite;
    private final RocksDB database;

    Store(Path directory, boolean sync) throws RocksDBException {
        try {
            writeOptions = own(new WriteOptions().setSync(sync));
            syncedWrite = own(new WriteOptions().setSync(true));
            Cache cache = own(new LRUCache(CACHE_BYTES));
            database = RocksDB.open(options(), directory.toString(), descriptors(cache), families);
            own(database);
            families.forEach(this::own);
        } catch (RocksDBException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private DBOptions options() {
        return own(new DBOptions()
                .setCreateIfMissing(true)
                // StoreLogs has cut off what may be; by itself RocksDB would drop all that lies behind some damage.
                .setWalRecoveryMode(WALRecoveryMode.AbsoluteConsistency)
                .setCreateMissingColumnFamilies(true)
                .setMaxOpenFiles(MAX_OPEN_FILES)
                .setDbWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMaxTotalWalSize(LOG_BYTES)
                .setMaxBackgroundJobs(2)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20)
                .setStatsDumpPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL));
    }

    private List<ColumnFamilyDescriptor> descriptors(Cache cache) {
        return List.of(
                family(RocksDB.DEFAULT_COLUMN_FAMILY, cache, CompressionType.NO_COMPRESSION),
                family("documents".getBytes(UTF_8), cache, CompressionType.LZ4_COMPRESSION),
                family("vectors".getBytes(UTF_8), cache, CompressionType.NO_COMPRESSION),
                family("unindexed".getBytes(UTF_8), cache, CompressionType.NO_COMPRESSION));
    }

    private ColumnFamilyDescriptor family(byte[] name, Cache cache, CompressionType compression) {
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setCacheIndexAndFilterBlocks(true)
                .setFilterPolicy(own(new BloomFilter(BLOOM_BITS_PER_KEY)));
        return new ColumnFamilyDescriptor(
                name, own(new ColumnFamilyOptions().setTableFormatConfig(table).setCompressionType(compression)));
    }

    private <T extends AutoCloseable> T own(T resource) {
        resources.push(resource);
        return resource;
    }

    RocksDB database() {
        return database;
    }

    ColumnFamilyHandle meta() {
        return families.get(0);
    }

    ColumnFamilyHandle documents() {
        return families.get(1);
    }

    ColumnFamilyHandle vectors() {
        return families.get(2);
    }

    ColumnFamilyHandle unindexed() {
        return families.get(3);
    }

    /** A consistent view of everything. */
    View view() {
        return new View(this);
    }

    /** Appends to the log: the batch survives the end of this process, and with {@code sync} that of the machine. */
    void write(WriteBatch batch) throws RocksDBException {
        database.write(writeOptions, batch);
    }

    @Nullable
    String note(String name) {
        try {
            byte[] value = database.get(meta(), name.getBytes(UTF_8));
            return value == null ? null : new String(value, UTF_8);
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    /** Sets a note, synced; "" removes it. */
    void setNote(String name, String value) {
        try {
            if (value.isEmpty()) {
                database.delete(meta(), syncedWrite, name.getBytes(UTF_8));
            } else {
                database.put(meta(), syncedWrite, name.getBytes(UTF_8), value.getBytes(UTF_8));
            }
        } catch (RocksDBException e) {
            throw failure(e);
        }
    }

    /**
     * Writes something, synced, which nobody reads.
     *
     * @throws IndexException if that is refused
     */
    void tryWriting() {
        setNote(TRIED, "");
    }

    /** Forgets the changes up to this sequence: Lucene has committed them. */
    void forgetChanges(long sequence) throws RocksDBException {
        database.deleteRange(unindexed(), Numbers.bytes(0), Numbers.bytes(sequence + 1));
    }

    static IndexException failure(RocksDBException e) {
        Status status = e.getStatus();
        boolean isTheDisk = status != null && status.getCode() == Status.Code.IOError;
        return new IndexException(
                isTheDisk ? IndexException.Kind.UNAVAILABLE : IndexException.Kind.INTERNAL, "rocksdb: " + reason(e), e);
    }

    /** Whether a failed write has certainly not happened and will not. */
    static boolean isRefusal(RocksDBException e) {
        Status status = e.getStatus();
        return status != null
                && (status.getSubCode() == Status.SubCode.NoSpace || status.getCode() != Status.Code.IOError);
    }

    static String reason(RocksDBException e) {
        Status status = e.getStatus();
        return status == null ? String.valueOf(e.getMessage()) : status.getCodeString() + ": " + e.getMessage();
    }

    /** Closes the store, which nothing may use any more. */
    @Override
    public void close() {
        while (!resources.isEmpty()) {
            release(resources.pop());
        }
    }

    private static void release(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException("rocksdb: handle does not close", e);
        }
    }
}
