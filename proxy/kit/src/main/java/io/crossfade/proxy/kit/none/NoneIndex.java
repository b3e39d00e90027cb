package io.crossfade.proxy.kit.none;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ParamSupport;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An index that answers {@code Applied} to every write, on the caller's thread, and keeps nothing but what tells that it is
 * still itself: its notes, and the versions that were written last. It is empty to everybody who looks for documents.
 */
final class NoneIndex implements VectorIndex {
    private static final int MAX_BATCH = 1000;
    private static final int REMEMBERED = 1 << 14;
    private static final Capabilities CAPABILITIES = new Capabilities(
            EnumSet.allOf(Filter.Operator.class), ParamSupport.UNKNOWN, MAX_BATCH, Duration.ZERO, false);

    private final Map<String, String> notes = new ConcurrentHashMap<>();
    private final LastVersions lastVersions = new LastVersions();

    private static final IndexWrite.Cases<Stamp, RuntimeException> STAMPS = new IndexWrite.Cases<>() {
        @Override
        public Stamp put(IndexWrite.Put put) {
            return put.document().stamp();
        }

        @Override
        public Stamp patchMetadata(IndexWrite.PatchMetadata patch) {
            return patch.stamp();
        }

        @Override
        public Stamp patchVectors(IndexWrite.PatchVectors patch) {
            return patch.stamp();
        }

        @Override
        public Stamp remove(IndexWrite.Remove remove) {
            return Stamp.NONE;
        }

        @Override
        public Stamp unstamp(IndexWrite.Unstamp unstamp) {
            return Stamp.NONE;
        }
    };

    /** Of the keys that were written last; the oldest are forgotten. Guarded by this. */
    private static final class LastVersions extends LinkedHashMap<Key, Stamp> {
        private static final long serialVersionUID = 1;

        synchronized void written(List<IndexWrite> writes) {
            for (IndexWrite write : writes) {
                remove(write.key());
                if (!write.isRemoval()) {
                    put(write.key(), write.match(STAMPS));
                }
            }
        }

        synchronized Map<Key, StoredDocument> of(Collection<Key> keys) {
            Map<Key, StoredDocument> found = new HashMap<>();
            for (Key key : keys) {
                Stamp stamp = get(key);
                if (stamp != null) {
                    found.put(key, new StoredDocument(key, stamp, null, Map.of(), Map.of()));
                }
            }
            return found;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Stamp> eldest) {
            return size() > REMEMBERED;
        }
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public CompletableFuture<Void> open() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        lastVersions.written(writes);
        return CompletableFuture.completedFuture(Collections.nCopies(writes.size(), Outcome.APPLIED));
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return CompletableFuture.completedFuture(lastVersions.of(keys));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return CompletableFuture.completedFuture(new ScanPage(List.of(), ""));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return CompletableFuture.completedFuture(Map.copyOf(notes));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        if (value.isEmpty()) {
            notes.remove(name);
        } else {
            notes.put(name, value);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
