package io.crossfade.proxy.driver.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;

/** The store as it was at one moment, so that a document and its vectors belong together. Used by one thread. */
final class View implements AutoCloseable {
    private final Store store;
    private final Snapshot snapshot;
    private final ReadOptions options;

    View(Store store) {
        this.store = store;
        this.snapshot = store.database().getSnapshot();
        this.options = new ReadOptions().setSnapshot(snapshot);
    }

    /** The content under an encoded key; null if there is none. */
    @Nullable
    StoredContent content(byte[] key) {
        byte[] encoded = get(key);
        return encoded == null ? null : DocumentCodec.decode(encoded);
    }

    /** The content of the document with this ordinal, if it exists still, under this key. */
    @Nullable
    StoredContent content(byte[] key, long ordinal) {
        StoredContent content = content(key);
        return content != null && content.ordinal() == ordinal ? content : null;
    }

    byte @Nullable [] get(byte[] key) {
        try {
            return store.database().get(store.documents(), options, key);
        } catch (RocksDBException e) {
            throw Store.failure(e);
        }
    }

    @Nullable
    Embedding vector(long ordinal, String field) {
        try {
            byte[] floats = store.database().get(store.vectors(), options, vectorKey(ordinal, field));
            return floats == null ? null : Embedding.wrap(ByteBuffer.wrap(floats));
        } catch (RocksDBException e) {
            throw Store.failure(e);
        }
    }

    Map<String, Embedding> vectors(StoredContent content) {
        Map<String, Embedding> vectors = new HashMap<>();
        for (String field : content.vectors().keySet()) {
            Embedding vector = vector(content.ordinal(), field);
            if (vector != null) {
                vectors.put(field, vector);
            }
        }
        return vectors;
    }

    static byte[] vectorKey(long ordinal, String field) {
        byte[] name = field.getBytes(UTF_8);
        return ByteBuffer.allocate(Long.BYTES + name.length)
                .putLong(ordinal)
                .put(name)
                .array();
    }

    /**
     * The parts asked for, from what is encoded. The digests of vectors are stored, so these are read only if wanted.
     */
    StoredDocument document(Key key, byte[] encoded, Projection wanted) {
        return wanted.text() || wanted.metadata() || wanted.digest()
                ? document(key, DocumentCodec.decode(encoded), wanted)
                : document(key, DocumentCodec.decodeStamp(encoded), wanted);
    }

    StoredDocument document(Key key, StoredContent content, Projection wanted) {
        return new StoredDocument(
                key,
                content.stamp(),
                wanted.text() ? content.text() : null,
                wanted.metadata() ? content.metadata() : Map.of(),
                wanted.vectors() ? vectors(content) : Map.of(),
                wanted.digest() ? digest(content) : null);
    }

    private static Digest digest(StoredContent content) {
        return new Digest(
                Digest.of(content.text(), content.metadata(), Map.of()).content(), content.vectors());
    }

    /** Iterates over the documents, in the order of their encoded keys. To be closed before this view. */
    RocksIterator documents() {
        return store.database().newIterator(store.documents(), options);
    }

    /** Iterates over the changes, in the order of their sequences. To be closed before this view. */
    RocksIterator changes() {
        return store.database().newIterator(store.unindexed(), options);
    }

    /** Iterates over the notes. To be closed before this view. */
    RocksIterator notes() {
        return store.database().newIterator(store.meta(), options);
    }

    @Override
    public void close() {
        options.close();
        store.database().releaseSnapshot(snapshot);
        snapshot.close();
    }
}
