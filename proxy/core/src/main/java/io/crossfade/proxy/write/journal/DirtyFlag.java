package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.VersionClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One preallocated, already synced block that says since when records may be missing. Setting it overwrites the block
 * in place and syncs, so it works on a full disk. The block and {@code failure} are guarded by this; {@code range} is
 * also read without it. Layout: state, version, length, reason, CRC32C.
 */
public final class DirtyFlag implements AutoCloseable {
    private static final int BLOCK_BYTES = 4_096;
    private static final int LONGEST_REASON = 1_024;
    private static final int CLEAN = 0x43464C4E;
    private static final int DIRTY = 0x43464459;

    private final FileChannel file;
    private volatile Optional<DirtyRange> range;
    private @Nullable IOException failure;

    private DirtyFlag(FileChannel file, Optional<DirtyRange> ifMissing) throws IOException {
        this.file = file;
        this.range = Optional.empty();
        if (file.size() == 0) {
            write(ifMissing);
        } else {
            range = read();
        }
    }

    /** Opens the block; a new one is clean. */
    public static DirtyFlag open(Path path) throws IOException {
        return open(path, Optional.empty());
    }

    /**
     * @param ifMissing what a new one says from its first moment on
     */
    static DirtyFlag open(Path path, Optional<DirtyRange> ifMissing) throws IOException {
        Files.createDirectories(path.getParent());
        return new DirtyFlag(
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                ifMissing);
    }

    /** Whether there is none, or a crash ended its creation. */
    static boolean isMissing(Path path) throws IOException {
        return !Files.exists(path) || Files.size(path) == 0;
    }

    public Optional<DirtyRange> range() {
        return range;
    }

    /**
     * Makes the range dirty, durably when it returns; an older range is never shortened.
     *
     * @throws IOException now, and ever after: a failed sync is never retried on the same file
     */
    public synchronized void set(long since, String reason) throws IOException {
        check();
        if (range.isPresent() && range.get().since() <= since) {
            return;
        }
        write(Optional.of(new DirtyRange(since, reason)));
    }

    /** Ends the range: the whole of it has been reconciled. */
    public synchronized void clear() throws IOException {
        if (range.isPresent()) {
            write(Optional.empty());
        }
    }

    /** Fails if a write has failed before: nobody knows what the block says then. */
    private void check() throws IOException {
        if (failure != null) {
            throw new IOException("the journal's dirty block cannot be written: " + failure.getMessage(), failure);
        }
    }

    private void write(Optional<DirtyRange> next) throws IOException {
        check();
        try {
            overwrite(block(next));
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        range = next;
    }

    private static ByteBuffer block(Optional<DirtyRange> next) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        byte[] reason = next.map(DirtyRange::reason).orElse("").getBytes(StandardCharsets.UTF_8);
        int length = Math.min(reason.length, LONGEST_REASON);
        block.putInt(next.isPresent() ? DIRTY : CLEAN);
        block.putLong(next.map(DirtyRange::since).orElse(0L));
        block.putInt(length).put(reason, 0, length);
        block.putInt(checksum(block));
        return block.position(0).limit(BLOCK_BYTES);
    }

    private void overwrite(ByteBuffer block) throws IOException {
        long at = 0;
        while (block.hasRemaining()) {
            at += file.write(block, at);
        }
        file.force(true);
    }

    /** Reads the block. One that cannot be read says that something went wrong: everything is in doubt. */
    private Optional<DirtyRange> read() throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        int got = 0;
        while (block.hasRemaining() && got >= 0) {
            got = file.read(block, block.position());
        }
        if (block.hasRemaining()) {
            return damaged();
        }
        block.flip();
        int state = block.getInt();
        long since = block.getLong();
        int length = block.getInt();
        if ((state != CLEAN && state != DIRTY) || length < 0 || length > LONGEST_REASON) {
            return damaged();
        }
        byte[] reason = new byte[length];
        block.get(reason);
        int expected = checksum(block);
        if (block.getInt() != expected) {
            return damaged();
        }
        return state == CLEAN
                ? Optional.empty()
                : Optional.of(new DirtyRange(since, new String(reason, StandardCharsets.UTF_8)));
    }

    private static Optional<DirtyRange> damaged() {
        return Optional.of(new DirtyRange(VersionClock.atMillis(0), "the journal's dirty block is damaged"));
    }

    private static int checksum(ByteBuffer block) {
        CRC32C crc = new CRC32C();
        crc.update(block.array(), 0, block.position());
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
