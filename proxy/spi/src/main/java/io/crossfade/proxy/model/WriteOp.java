package io.crossfade.proxy.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an application asks for: one change of one document. */
public sealed interface WriteOp {
    Key key();

    record Upsert(Document document) implements WriteOp {
        @Override
        public Key key() {
            return document.key();
        }
    }

    /**
     * @param vectors and
     * @param stamp set only by a Crossfade that uses this collection as its index
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
     * @param stamp set only by a Crossfade that uses this collection as its index
     */
    record UpdateVectors(
            Key key, List<NamedVector> vectors, @Nullable Stamp stamp) implements WriteOp {
        public UpdateVectors {
            vectors = List.copyOf(vectors);
        }
    }

    record Delete(Key key) implements WriteOp {}
}
