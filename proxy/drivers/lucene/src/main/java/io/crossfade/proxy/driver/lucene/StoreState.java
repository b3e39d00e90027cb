package io.crossfade.proxy.driver.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * The point at which the writer stands.
 *
 * @param nextOrdinal of the next new document
 * @param count of documents
 * @param nextSequence of the next change
 */
record StoreState(long nextOrdinal, long count, long nextSequence) {
    static final byte[] NAME = "state".getBytes(UTF_8);

    static StoreState read(Store store) throws RocksDBException {
        byte[] encoded = store.database().get(store.meta(), NAME);
        ByteBuffer in = encoded == null ? ByteBuffer.allocate(2 * Long.BYTES) : ByteBuffer.wrap(encoded);
        return new StoreState(in.getLong(), in.getLong(), nextSequence(store));
    }

    private static long nextSequence(Store store) {
        try (View view = store.view();
                RocksIterator changes = view.changes()) {
            changes.seekToLast();
            return changes.isValid() ? Numbers.number(changes.key()) + 1 : 0;
        }
    }

    /** The bytes of all but the sequence, which follows from the changes. */
    byte[] encoded() {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(nextOrdinal)
                .putLong(count)
                .array();
    }
}
