package io.crossfade.proxy.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of one document, as an application asks for it. */
public sealed interface WriteOp {
    Key key();

    /** Makes the document exactly this. */
    record Upsert(Document document) implements WriteOp {
        @Override
        public Key key() {
            return document.key();
        }
    }

    /**
     * Changes metadata; text and vectors change only where they are made of it.
     *
     * @param vectors made of the changed metadata; set only by a Crossfade that uses this collection as its index
     * @param stamp set only by a Crossfade that uses this collection as its index; null otherwise
     */
    record UpdateMetadata(
            Key key,
            MetadataPatch patch,
            List<NamedVector> vectors,
            @Nullable Stamp stamp) implements WriteOp {
        public UpdateMetadata {
            vectors = List.copyOf(vectors);
        }

        public UpdateMetadata(Key key, MetadataPatch patch) {
            this(key, patch, List.of(), null);
        }
    }

    /**
     * Sets some vectors; the rest of the document stays.
     *
     * @param stamp set only by a Crossfade that uses this collection as its index; null otherwise
     */
    record UpdateVectors(
            Key key, List<NamedVector> vectors, @Nullable Stamp stamp) implements WriteOp {
        public UpdateVectors {
            vectors = List.copyOf(vectors);
        }
    }

    /** Removes the document. */
    record Delete(Key key) implements WriteOp {}
}
