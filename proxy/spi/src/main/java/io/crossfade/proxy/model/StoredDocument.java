package io.crossfade.proxy.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document as an index holds it: one vector per field. Parts that were not asked for are empty or null.
 *
 * @param vectors by field
 * @param digest only if asked for
 */
public record StoredDocument(
        Key key,
        Stamp stamp,
        @Nullable String text,
        Map<String, Value> metadata,
        Map<String, Embedding> vectors,
        @Nullable Digest digest) {
    public StoredDocument {
        metadata = Map.copyOf(metadata);
        vectors = Map.copyOf(vectors);
    }

    public StoredDocument(
            Key key, Stamp stamp, @Nullable String text, Map<String, Value> metadata, Map<String, Embedding> vectors) {
        this(key, stamp, text, metadata, vectors, null);
    }

    public long version() {
        return stamp.version();
    }

    /** The document with only the parts asked for. */
    public StoredDocument project(Projection wanted) {
        return new StoredDocument(
                key,
                stamp,
                wanted.text() ? text : null,
                wanted.metadata() ? metadata : Map.of(),
                wanted.vectors() ? vectors : Map.of(),
                wanted.digest() ? Digest.of(text, metadata, vectors) : null);
    }
}
