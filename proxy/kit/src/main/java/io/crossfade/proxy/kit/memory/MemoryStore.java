package io.crossfade.proxy.kit.memory;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
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
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The engine behind {@link MemoryIndex}. It outlives its connections, so that a test can end one sidecar and begin
 * another on what stands. Each document is an immutable value that is swapped by compare-and-set.
 */
public final class MemoryStore {
    private final ConcurrentNavigableMap<Key, StoredDocument> documents = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<String, String> attributes = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Map<String, Space>> schema = new AtomicReference<>();
    private final Applying applying = new Applying();

    /** The documents, in the order of their keys. */
    ConcurrentNavigableMap<Key, StoredDocument> documents() {
        return documents;
    }

    ConcurrentMap<String, String> attributes() {
        return attributes;
    }

    /** All that is in the store at this moment. */
    public Copy copy() {
        return new Copy(Map.copyOf(documents), Map.copyOf(attributes));
    }

    /** Puts a copy in the place of what is there, as a restore does; nothing may be written meanwhile. */
    public void restore(Copy copy) {
        documents.clear();
        documents.putAll(copy.documents);
        attributes.clear();
        attributes.putAll(copy.attributes);
    }

    /** What was in a store at some moment, with the notes on it. */
    public static final class Copy {
        /** Of a store that nobody has used. */
        public static final Copy EMPTY = new Copy(Map.of(), Map.of());

        private final Map<Key, StoredDocument> documents;
        private final Map<String, String> attributes;

        private Copy(Map<Key, StoredDocument> documents, Map<String, String> attributes) {
            this.documents = documents;
            this.attributes = attributes;
        }

        /** The same notes, beside other documents: what an engine may come to that keeps them apart. */
        public Copy withDocumentsOf(Copy other) {
            return new Copy(other.documents, attributes);
        }
    }

    /** Opens the store; the first to do so decides the schema. */
    void open(IndexDefinition definition) {
        schema.compareAndSet(null, definition.vectors());
        Map<String, Space> found = schema.get();
        if (found != null && !found.equals(definition.vectors())) {
            throw new IndexException(
                    IndexException.Kind.MISMATCH,
                    "index " + definition.name() + ": vectors: " + found + " (expected: " + definition.vectors() + ")");
        }
    }

    Outcome apply(IndexWrite write) {
        return write.match(applying);
    }

    /** Applies each kind of write. */
    private final class Applying implements IndexWrite.Cases<Outcome, RuntimeException> {
        @Override
        public Outcome put(IndexWrite.Put put) {
            documents.put(put.key(), put.document());
            return Outcome.APPLIED;
        }

        @Override
        public Outcome patchMetadata(IndexWrite.PatchMetadata patch) {
            return change(patch.key(), document -> patched(document, patch.stamp(), patch.patch(), patch.vectors()));
        }

        @Override
        public Outcome patchVectors(IndexWrite.PatchVectors patch) {
            return change(
                    patch.key(), document -> patched(document, patch.stamp(), MetadataPatch.NONE, patch.vectors()));
        }

        @Override
        public Outcome remove(IndexWrite.Remove remove) {
            return documents.remove(remove.key()) == null ? Outcome.NOT_FOUND : Outcome.APPLIED;
        }

        @Override
        public Outcome unstamp(IndexWrite.Unstamp unstamp) {
            StoredDocument stands = documents.get(unstamp.key());
            if (stands == null || stands.stamp().equals(Stamp.NONE)) {
                return Outcome.NOT_FOUND;
            }
            return change(
                    unstamp.key(),
                    document -> document.version() > unstamp.upTo()
                            ? document
                            : new StoredDocument(
                                    document.key(),
                                    Stamp.NONE,
                                    document.text(),
                                    document.metadata(),
                                    document.vectors()));
        }
    }

    private Outcome change(Key key, UnaryOperator<StoredDocument> change) {
        StoredDocument changed = documents.computeIfPresent(key, (same, document) -> change.apply(document));
        return changed == null ? Outcome.NOT_FOUND : Outcome.APPLIED;
    }

    private static StoredDocument patched(
            StoredDocument document, Stamp stamp, MetadataPatch metadata, Map<String, Embedding> newVectors) {
        Map<String, Embedding> vectors = new HashMap<>(document.vectors());
        vectors.putAll(newVectors);
        return new StoredDocument(
                document.key(),
                document.stamp().patched(stamp),
                document.text(),
                metadata.applyTo(document.metadata()),
                vectors);
    }
}
