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

    /** Makes the document exactly this. */
    record Put(StoredDocument document) implements IndexWrite {
        @Override
        public Key key() {
            return document.key();
        }
    }

    /**
     * Changes metadata and version, and in the same step the vectors that are made of this metadata; text and all other
     * vectors are never touched. {@code NotFound} if absent: never creates (R12).
     *
     * @param stamp its provenance is merged into what stands
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
    }

    /**
     * Sets these vectors and their provenance, and the version; the rest stays. {@code NotFound} if absent: never
     * creates.
     *
     * @param stamp its provenance is merged into what stands
     */
    record PatchVectors(Key key, Stamp stamp, Map<String, Embedding> vectors) implements IndexWrite {
        public PatchVectors {
            vectors = Map.copyOf(vectors);
        }
    }

    /** Removes the document; {@code NotFound} if there was none. */
    record Remove(Key key) implements IndexWrite {}
}
