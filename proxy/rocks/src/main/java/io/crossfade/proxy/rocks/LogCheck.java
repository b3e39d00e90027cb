package io.crossfade.proxy.rocks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * Finds damage in a RocksDB log or manifest that RocksDB (11.8.1) does not report. A record whose type is that of a
 * recycled log makes it loop for ever, and one flipped bit does that. A manifest whose last record is not whole is
 * taken for one that ends before it. All other damage it reports itself, by checksum.
 *
 * <p>Format (RocksDB wiki, "Write Ahead Log File Format"): blocks of 32 KiB; in them records of checksum (4 bytes),
 * length (2, little-endian), type (1) and body; fewer than 7 bytes at the end of a block are padding.
 */
public final class LogCheck {
    private static final int BLOCK_BYTES = 32 * 1024;
    private static final int HEADER_BYTES = 7;
    private static final int LENGTH_AT = 4;
    private static final int TYPE_AT = 6;
    private static final int HIGHEST_TYPE = 4;

    /** Of the first record of a log that names the log before it ({@code track_and_verify_wals}). */
    private static final int PREDECESSOR_TYPE = 130;

    private LogCheck() {}

    /** The position of the first record that is not whole, or that no log of ours has; empty if there is none. */
    public static OptionalLong firstStrange(Path log) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.READ)) {
            for (long start = 0; start < file.size(); start += BLOCK_BYTES) {
                fill(block.clear(), file, start);
                int strange = firstStrange(block.flip(), start == 0);
                if (strange >= 0) {
                    return OptionalLong.of(start + strange);
                }
            }
        }
        return OptionalLong.empty();
    }

    private static void fill(ByteBuffer block, FileChannel file, long start) throws IOException {
        int got = 0;
        while (block.hasRemaining() && got >= 0) {
            got = file.read(block, start + block.position());
        }
    }

    /**
     * The position of the first such record in a block; -1 if there is none.
     *
     * @param isFirst it is the first block of its file
     */
    private static int firstStrange(ByteBuffer block, boolean isFirst) {
        int at = 0;
        while (at + HEADER_BYTES <= block.limit()) {
            int length = Short.toUnsignedInt(block.getShort(at + LENGTH_AT));
            int type = Byte.toUnsignedInt(block.get(at + TYPE_AT));
            boolean isPredecessor = isFirst && at == 0 && type == PREDECESSOR_TYPE;
            if ((type > HIGHEST_TYPE && !isPredecessor) || at + HEADER_BYTES + length > block.limit()) {
                return at;
            }
            at += HEADER_BYTES + length;
        }
        return at < block.limit() && block.limit() < BLOCK_BYTES ? at : -1;
    }
}
