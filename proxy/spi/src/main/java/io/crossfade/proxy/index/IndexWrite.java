package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import java.util.Map;

/** One change of one document in one index. Unconditional: whatever stands there is changed. */
public sealed interface IndexWrite {
    Key key();

    /** The vectors that it brings, by field. */
    Map<String, Embedding> vectors();

    /** Whether the document is to be absent afterwards. */
    boolean isRemoval();

    /** The answer of the case that this write is. */
    <R, X extends Exception> R match(Cases<R, X> cases) throws X;

    /**
     * A case for each kind of write: a driver implements it to apply writes or to translate them. A further kind is a
     * further method, so that a driver that lacks it does not compile. Without state of its own, or with that of a
     * batch, one object serves all writes.
     *
     * @param <R> what becomes of a write
     * @param <X> what a case may throw, such as the failure of an engine's client; {@link RuntimeException} for nothing
     */
    interface Cases<R, X extends Exception> {
        R put(Put put) throws X;

        R patchMetadata(PatchMetadata patch) throws X;

        R patchVectors(PatchVectors patch) throws X;

        R remove(Remove remove) throws X;

        R unstamp(Unstamp unstamp) throws X;
    }

    /** Makes the document exactly this. */
    record Put(StoredDocument document) implements IndexWrite {
        @Override
        public Key key() {
            return document.key();
        }

        @Override
        public Map<String, Embedding> vectors() {
            return document.vectors();
        }

        @Override
        public boolean isRemoval() {
            return false;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.put(this);
        }
    }

    /**
     * Changes metadata and version, and in the same step the vectors that are made of this metadata; text and all other
     * vectors are never touched. {@code NotFound} if absent: never creates (R12).
     *
     * @param stamp its provenance and its digests are merged into what stands
     * @param vectors none, unless the text of the document is a part of its metadata
     */
    record PatchMetadata(Key key, Stamp stamp, MetadataPatch patch, Map<String, Embedding> vectors)
            implements IndexWrite {
        public PatchMetadata {
            vectors = Map.copyOf(vectors);
        }

        /** Changes metadata alone. */
        public PatchMetadata(Key key, long version, MetadataPatch patch) {
            this(key, new Stamp(version, Map.of()), patch, Map.of());
        }

        @Override
        public boolean isRemoval() {
            return false;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.patchMetadata(this);
        }
    }

    /**
     * Sets these vectors and what their stamp says of them, and the version; the rest stays. {@code NotFound} if absent:
     * never creates.
     *
     * @param stamp its provenance and its digests are merged into what stands
     */
    record PatchVectors(Key key, Stamp stamp, Map<String, Embedding> vectors) implements IndexWrite {
        public PatchVectors {
            vectors = Map.copyOf(vectors);
        }

        @Override
        public boolean isRemoval() {
            return false;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.patchVectors(this);
        }
    }

    /** Removes the document; {@code NotFound} if there was none. */
    record Remove(Key key) implements IndexWrite {
        @Override
        public Map<String, Embedding> vectors() {
            return Map.of();
        }

        @Override
        public boolean isRemoval() {
            return true;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.remove(this);
        }
    }

    /**
     * Takes the stamp away from the document, and with it all that Crossfade keeps there for a migration; nothing else
     * changes. One of a later version stays: it belongs to a migration that has begun since. {@code NotFound} where the
     * engine tells that there was nothing to take away, {@code Rejected} where the stamps are not its own.
     *
     * @param upTo the highest version that is of no more use
     */
    record Unstamp(Key key, long upTo) implements IndexWrite {
        @Override
        public Map<String, Embedding> vectors() {
            return Map.of();
        }

        @Override
        public boolean isRemoval() {
            return false;
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.unstamp(this);
        }
    }
}
