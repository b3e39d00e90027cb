package com.example.shelf;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/** Documents in memory, until the process ends. */
final class Shelf implements IndexWrite.Cases<Outcome, RuntimeException> {
    final ConcurrentSkipListMap<Key, StoredDocument> documents = new ConcurrentSkipListMap<>();
    final Map<String, String> attributes = new ConcurrentHashMap<>();
    private Map<String, Space> fields = Map.of();

    /** The first connection says which fields there are. */
    synchronized boolean has(Map<String, Space> wanted) {
        fields = fields.isEmpty() ? wanted : fields;
        return fields.equals(wanted);
    }

    synchronized Map<String, Space> fields() {
        return fields;
    }

    Outcome apply(IndexWrite write) {
        return write.match(this);
    }

    @Override
    public Outcome put(IndexWrite.Put put) {
        documents.put(put.key(), put.document());
        return Outcome.APPLIED;
    }

    @Override
    public Outcome patchMetadata(IndexWrite.PatchMetadata patch) {
        return change(patch.key(), old -> patched(old, patch.stamp(), patch.patch(), patch.vectors()));
    }

    @Override
    public Outcome patchVectors(IndexWrite.PatchVectors patch) {
        return change(patch.key(), old -> patched(old, patch.stamp(), MetadataPatch.NONE, patch.vectors()));
    }

    @Override
    public Outcome remove(IndexWrite.Remove remove) {
        return documents.remove(remove.key()) == null ? Outcome.NOT_FOUND : Outcome.APPLIED;
    }

    @Override
    public Outcome unstamp(IndexWrite.Unstamp unstamp) {
        return change(
                unstamp.key(),
                old -> old.version() > unstamp.upTo()
                        ? old
                        : new StoredDocument(old.key(), Stamp.NONE, old.text(), old.metadata(), old.vectors()));
    }

    private Outcome change(Key key, UnaryOperator<StoredDocument> change) {
        return documents.computeIfPresent(key, (same, old) -> change.apply(old)) == null
                ? Outcome.NOT_FOUND
                : Outcome.APPLIED;
    }

    private static StoredDocument patched(
            StoredDocument old, Stamp stamp, MetadataPatch patch, Map<String, Embedding> changed) {
        Map<String, Embedding> vectors = new HashMap<>(old.vectors());
        vectors.putAll(changed);
        return new StoredDocument(
                old.key(), old.stamp().patched(stamp), old.text(), patch.applyTo(old.metadata()), vectors);
    }
}
