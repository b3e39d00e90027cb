package io.crossfade.proxy.rocks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Where the whole records of a RocksDB log end, and what comes behind. A process that is killed, or a machine that stops,
 * leaves a torn record at the end of the last log at most: it was never answered for, and may be cut off. Records that are
 * whole behind one that is not mean damage, and RocksDB would drop them with it, in silence or not, as it is told to.
 *
 * <p>Format as in {@link LogCheck}; a record that does not fit into its block is in fragments: first, middle ones, last. The
 * checksum is CRC-32C of type and body, masked.
 *
 * @param whole bytes from the beginning that are whole records
 * @param length of the file
 * @param torn whether what is not whole is the beginning of a record that the file ends in
 * @param wholeBehind whether a whole fragment follows on what is not
 */
public record LogEnd(long whole, long length, boolean torn, boolean wholeBehind) {
    private static final int BLOCK_BYTES = 32 * 1024;
    private static final int HEADER_BYTES = 7;
    private static final int LENGTH_AT = 4;
    private static final int TYPE_AT = 6;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int MIDDLE = 3;
    private static final int LAST = 4;
    private static final int MASK_DELTA = 0xa282ead8;

    /** Whether all of it is whole. */
    public boolean isWhole() {
        return whole == length;
    }

    /** Reads a log to its end. */
    public static LogEnd of(Path log) throws IOException {
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.READ)) {
            return new Walk(file).run();
        }
    }

    /** Cuts off what is behind the whole records. */
    public void cut(Path log) throws IOException {
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
            file.truncate(whole).force(true);
        }
    }

    /** One way through a log, block by block. */
    private static final class Walk {
        private final FileChannel file;
        private final long length;
        private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private long whole;
        private boolean inside;
        private boolean broken;
        private boolean torn;
        private boolean wholeBehind;

        Walk(FileChannel file) throws IOException {
            this.file = file;
            this.length = file.size();
        }

        LogEnd run() throws IOException {
            for (long start = 0; start < length && !wholeBehind; start += BLOCK_BYTES) {
                fill(start);
                walk(start);
            }
            boolean endsInside = inside && !broken;
            return new LogEnd(whole, length, torn || endsInside, wholeBehind);
        }

        private void fill(long start) throws IOException {
            block.clear();
            int got = 0;
            while (block.hasRemaining() && got >= 0) {
                got = file.read(block, start + block.position());
            }
            block.flip();
        }

        /** Goes through a block. What follows on a broken fragment in it cannot be found: its length may be wrong. */
        private void walk(long start) {
            int at = 0;
            while (at + HEADER_BYTES <= block.limit()) {
                int end = at + HEADER_BYTES + Short.toUnsignedInt(block.getShort(at + LENGTH_AT));
                int type = Byte.toUnsignedInt(block.get(at + TYPE_AT));
                boolean isRecord = type >= FULL && type <= LAST;
                if (!isRecord || end > block.limit() || !isSound(at, end)) {
                    breakOff(isRecord && end > block.limit() && block.limit() < BLOCK_BYTES);
                    return;
                }
                wholeBehind |= broken;
                take(type, start + end);
                at = end;
            }
            pad(start, at);
        }

        /** Takes a sound fragment; one that is not the next of its record breaks the log. */
        private void take(int type, long end) {
            boolean begins = type == FULL || type == FIRST;
            if (begins == inside) {
                breakOff(false);
            }
            inside = type == FIRST || type == MIDDLE;
            if (!broken && !inside) {
                whole = end;
            }
        }

        /** The rest of a block that has no room for a header is empty; a block that ends before is torn. */
        private void pad(long start, int at) {
            boolean isFull = block.limit() == BLOCK_BYTES;
            if (at < block.limit() && !isFull) {
                breakOff(true);
            } else if (!broken && !inside && isFull) {
                whole = start + BLOCK_BYTES;
            }
        }

        private void breakOff(boolean atTheEnd) {
            torn = atTheEnd && !broken;
            broken = true;
        }

        private boolean isSound(int at, int end) {
            CRC32C crc = new CRC32C();
            crc.update(block.array(), at + TYPE_AT, end - at - TYPE_AT);
            int value = (int) crc.getValue();
            return block.getInt(at) == ((value >>> 15) | (value << 17)) + MASK_DELTA;
        }
    }
}
