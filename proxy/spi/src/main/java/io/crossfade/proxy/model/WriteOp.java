package io.crossfade.proxy.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of one document, as an application asks for it. Where kinds are treated differently, a switch over
 * {@link #kind} has a case for each and no default, so that a further kind does not compile until it has its place.
 */
public sealed interface WriteOp {
    /** The kinds of changes, each a record. */
    enum Kind {
        UPSERT,
        UPDATE_METADATA,
        UPDATE_VECTORS,
        DELETE
    }

    Kind kind();

    Key key();

    /** The vectors that came with it. */
    List<NamedVector> vectors();

    /** The stamp that came with it, set only by a Crossfade that uses this collection as its index; null otherwise. */
    @Nullable
    Stamp stamp();

    /** Whether it is done only if the document is, where it is written, what it is made for. */
    default boolean isConditional() {
        return false;
    }

    /** Whether the document is to be absent afterwards. */
    default boolean isRemoval() {
        return switch (kind()) {
            case DELETE -> true;
            case UPSERT, UPDATE_METADATA, UPDATE_VECTORS -> false;
        };
    }

    /** Makes the document exactly this. */
    record Upsert(Document document) implements WriteOp {
        @Override
        public Kind kind() {
            return Kind.UPSERT;
        }

        @Override
        public Key key() {
            return document.key();
        }

        @Override
        public List<NamedVector> vectors() {
            return document.vectors();
        }

        @Override
        public @Nullable Stamp stamp() {
            return document.stamp();
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

        @Override
        public Kind kind() {
            return Kind.UPDATE_METADATA;
        }
    }

    /**
     * Sets some vectors; the rest of the document stays.
     *
     * @param madeOf source of the document that they were made of, as {@link Digest#source} says it: of another one they
     *     are not set; "" to set them whatever stands there
     * @param stamp set only by a Crossfade that uses this collection as its index; null otherwise
     */
    record UpdateVectors(
            Key key,
            List<NamedVector> vectors,
            String madeOf,
            @Nullable Stamp stamp) implements WriteOp {
        public UpdateVectors {
            vectors = List.copyOf(vectors);
        }

        /** Sets them whatever stands there. */
        public UpdateVectors(Key key, List<NamedVector> vectors, @Nullable Stamp stamp) {
            this(key, vectors, "", stamp);
        }

        @Override
        public boolean isConditional() {
            return !madeOf.isEmpty();
        }

        @Override
        public Kind kind() {
            return Kind.UPDATE_VECTORS;
        }
    }

    /** Removes the document. */
    record Delete(Key key) implements WriteOp {
        @Override
        public Kind kind() {
            return Kind.DELETE;
        }

        @Override
        public List<NamedVector> vectors() {
            return List.of();
        }

        @Override
        public @Nullable Stamp stamp() {
            return null;
        }
    }
}
