package io.crossfade.proxy.driver.lucene;

import java.nio.ByteBuffer;

/**
 * A document of which Lucene does not show the newest state. What that is, RocksDB knows.
 *
 * @param sequence its place in the order of writes
 * @param key encoded
 * @param vectors whether {@code search/vectors} is behind
 * @param metadata whether {@code search/metadata} is behind
 */
@SuppressWarnings("ArrayRecordComponent") // compared by ordinal only
record Change(long sequence, long ordinal, byte[] key, boolean vectors, boolean metadata) {
    /** This change, and what an earlier one of the same document left to do. */
    Change after(Change earlier) {
        return new Change(sequence, ordinal, key, vectors || earlier.vectors, metadata || earlier.metadata);
    }

    byte[] encodedSequence() {
        return Numbers.bytes(sequence);
    }

    /** The bytes of all but the sequence. */
    byte[] encoded() {
        byte parts = (byte) ((vectors ? 1 : 0) | (metadata ? 2 : 0));
        return ByteBuffer.allocate(1 + Long.BYTES + key.length)
                .put(parts)
                .putLong(ordinal)
                .put(key)
                .array();
    }

    static Change decode(byte[] sequence, byte[] encoded) {
        ByteBuffer in = ByteBuffer.wrap(encoded);
        byte parts = in.get();
        long ordinal = in.getLong();
        byte[] key = new byte[in.remaining()];
        in.get(key);
        return new Change(Numbers.number(sequence), ordinal, key, (parts & 1) != 0, (parts & 2) != 0);
    }
}
