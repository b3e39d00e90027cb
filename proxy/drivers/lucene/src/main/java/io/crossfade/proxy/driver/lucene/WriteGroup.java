package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The writes of several calls, applied to RocksDB together or not at all. Each sees those before it. Owned by the
 * writer thread.
 */
final class WriteGroup implements AutoCloseable, IndexWrite.Cases<Outcome, RocksDBException> {
    private static final int MAX_KEY_BYTES = 4096;

    private final Store store;
    private final View before;
    private final Map<String, Space> fields;
    private final WriteBatch batch = new WriteBatch();
    private final Map<Key, Optional<StoredContent>> written = new HashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private long nextOrdinal;
    private long count;
    private long nextSequence;

    WriteGroup(Store store, Map<String, Space> fields, StoreState state) {
        this.store = store;
        this.before = store.view();
        this.fields = fields;
        this.nextOrdinal = state.nextOrdinal();
        this.count = state.count();
        this.nextSequence = state.nextSequence();
    }

    Outcome apply(IndexWrite write) throws RocksDBException {
        String problem = problem(write);
        return problem == null ? write.match(this) : new Outcome.Rejected(problem);
    }

    @Override
    public Outcome put(IndexWrite.Put put) throws RocksDBException {
        byte[] key = KeyCodec.encode(put.key());
        put(key, put.document(), current(put.key(), key));
        return Outcome.APPLIED;
    }

    @Override
    public Outcome patchMetadata(IndexWrite.PatchMetadata patch) throws RocksDBException {
        byte[] key = KeyCodec.encode(patch.key());
        StoredContent current = current(patch.key(), key);
        if (current == null) {
            return Outcome.NOT_FOUND;
        }
        patch(patch, key, current, patch.stamp(), patch.patch().applyTo(current.metadata()));
        return Outcome.APPLIED;
    }

    @Override
    public Outcome patchVectors(IndexWrite.PatchVectors patch) throws RocksDBException {
        byte[] key = KeyCodec.encode(patch.key());
        StoredContent current = current(patch.key(), key);
        if (current == null) {
            return Outcome.NOT_FOUND;
        }
        patch(patch, key, current, patch.stamp(), current.metadata());
        return Outcome.APPLIED;
    }

    @Override
    public Outcome remove(IndexWrite.Remove remove) throws RocksDBException {
        byte[] key = KeyCodec.encode(remove.key());
        StoredContent current = current(remove.key(), key);
        if (current == null) {
            return Outcome.NOT_FOUND;
        }
        remove(remove.key(), key, current);
        return Outcome.APPLIED;
    }

    @Override
    public Outcome unstamp(IndexWrite.Unstamp unstamp) throws RocksDBException {
        byte[] key = KeyCodec.encode(unstamp.key());
        StoredContent current = current(unstamp.key(), key);
        if (current == null || current.stamp().equals(Stamp.NONE)) {
            return Outcome.NOT_FOUND;
        }
        if (current.stamp().version() <= unstamp.upTo()) {
            save(
                    unstamp.key(),
                    key,
                    new StoredContent(
                            current.ordinal(), Stamp.NONE, current.vectors(), current.text(), current.metadata()));
        }
        return Outcome.APPLIED;
    }

    private @Nullable String problem(IndexWrite write) {
        int bytes = KeyCodec.encode(write.key()).length;
        return bytes > MAX_KEY_BYTES
                ? "key: " + bytes + " bytes (expected: at most " + MAX_KEY_BYTES + ")"
                : VectorCheck.problem(fields, write);
    }

    private @Nullable StoredContent current(Key key, byte[] encodedKey) {
        Optional<StoredContent> earlier = written.get(key);
        return earlier == null ? before.content(encodedKey) : earlier.orElse(null);
    }

    private void put(byte[] key, StoredDocument document, @Nullable StoredContent current) throws RocksDBException {
        long ordinal = current == null ? nextOrdinal++ : current.ordinal();
        count += current == null ? 1 : 0;
        Map<String, Long> known = current == null ? Map.of() : current.vectors();
        Map<String, Long> digests = putVectors(ordinal, document.vectors(), known);
        for (String field : known.keySet()) {
            if (!digests.containsKey(field)) {
                batch.delete(store.vectors(), View.vectorKey(ordinal, field));
            }
        }
        StoredContent content =
                new StoredContent(ordinal, document.stamp(), digests, document.text(), document.metadata());
        boolean newMetadata = current == null || !current.metadata().equals(content.metadata());
        save(document.key(), key, content);
        changed(ordinal, key, !digests.equals(known), newMetadata);
    }

    /** Stores the vectors that are not what is known to stand, and returns the digests of all of them. */
    private Map<String, Long> putVectors(long ordinal, Map<String, Embedding> vectors, Map<String, Long> known)
            throws RocksDBException {
        Map<String, Long> digests = new HashMap<>();
        for (Map.Entry<String, Embedding> vector : vectors.entrySet()) {
            Long digest = Digest.of(vector.getValue());
            digests.put(vector.getKey(), digest);
            if (!digest.equals(known.get(vector.getKey()))) {
                batch.put(store.vectors(), View.vectorKey(ordinal, vector.getKey()), bytes(vector.getValue()));
            }
        }
        return digests;
    }

    private static byte[] bytes(Embedding vector) {
        ByteBuffer floats = vector.bytes();
        byte[] bytes = new byte[floats.remaining()];
        floats.get(bytes);
        return bytes;
    }

    private void patch(IndexWrite write, byte[] key, StoredContent current, Stamp stamp, Map<String, Value> metadata)
            throws RocksDBException {
        Map<String, Long> digests = current.vectors();
        if (!write.vectors().isEmpty()) {
            digests = new HashMap<>(digests);
            digests.putAll(putVectors(current.ordinal(), write.vectors(), current.vectors()));
        }
        save(
                write.key(),
                key,
                new StoredContent(
                        current.ordinal(), current.stamp().patched(stamp), digests, current.text(), metadata));
        changed(current.ordinal(), key, !digests.equals(current.vectors()), !metadata.equals(current.metadata()));
    }

    private void remove(Key key, byte[] encodedKey, StoredContent current) throws RocksDBException {
        count--;
        for (String field : current.vectors().keySet()) {
            batch.delete(store.vectors(), View.vectorKey(current.ordinal(), field));
        }
        batch.delete(store.documents(), encodedKey);
        written.put(key, Optional.empty());
        changed(current.ordinal(), encodedKey, !current.vectors().isEmpty(), true);
    }

    private void save(Key key, byte[] encodedKey, StoredContent content) throws RocksDBException {
        batch.put(store.documents(), encodedKey, DocumentCodec.encode(content));
        written.put(key, Optional.of(content));
    }

    /** Notes a change for Lucene, which is not bothered with what it shows already. */
    private void changed(long ordinal, byte[] key, boolean vectors, boolean metadata) throws RocksDBException {
        if (vectors || metadata) {
            Change change = new Change(nextSequence++, ordinal, key, vectors, metadata);
            batch.put(store.unindexed(), change.encodedSequence(), change.encoded());
            changes.add(change);
        }
    }

    List<Change> changes() {
        return changes;
    }

    /** Applies everything, and says where the writer stands now. */
    StoreState commit() throws RocksDBException {
        StoreState state = new StoreState(nextOrdinal, count, nextSequence);
        if (batch.count() > 0) {
            batch.put(store.meta(), StoreState.NAME, state.encoded());
            store.write(batch);
        }
        return state;
    }

    @Override
    public void close() {
        batch.close();
        before.close();
    }
}
