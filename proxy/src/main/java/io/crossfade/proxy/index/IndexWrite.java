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

    /** The document becomes exactly this. */
    record Put(StoredDocument document) implements IndexWrite {
        @Override
        public Key key() {
            return document.key();
        }
    }

    /** Changes metadata and version, and never touches text or vector. {@code NotFound} if absent: never creates. */
    record PatchMetadata(Key key, long version, MetadataPatch patch) implements IndexWrite {}

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

    /** {@code NotFound} if there was none. */
    record Remove(Key key) implements IndexWrite {}
}
