package io.crossfade.proxy.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.crossfade.proxy.model.Digest;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.v1.NamedVector;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Translates documents and their parts. */
public final class Documents {
    private Documents() {}

    /** Reads a document as an application sends it. */
    public static Document read(io.crossfade.v1.Document message) {
        return new Document(
                new Key(message.getNamespace(), message.getId()),
                message.hasText() ? message.getText() : null,
                Vectors.read(message.getVectorsList()),
                readMetadata("metadata", message.getMetadataMap()),
                message.hasStamp() ? readStamp(message.getStamp()) : null);
    }

    /** Reads a document as an index answers it: its vectors by field, the stamp's digests if they were asked for. */
    public static StoredDocument readStored(io.crossfade.v1.Document message) {
        Map<String, Embedding> vectors = new HashMap<>();
        for (NamedVector vector : message.getVectorsList()) {
            vectors.put(vector.getField(), Vectors.read(vector).embedding());
        }
        return new StoredDocument(
                new Key(message.getNamespace(), message.getId()),
                readStamp(message.getStamp()),
                message.hasText() ? message.getText() : null,
                readMetadata("metadata", message.getMetadataMap()),
                vectors,
                readDigest(message.getStamp()));
    }

    /**
     * @param spaces name of the space of each vector field
     */
    public static io.crossfade.v1.Document write(
            StoredDocument document, Map<String, String> spaces, StampParts stampParts) {
        io.crossfade.v1.Document.Builder message = io.crossfade.v1.Document.newBuilder()
                .setNamespace(document.key().namespace())
                .setId(document.key().id());
        if (document.text() != null) {
            message.setText(document.text());
        }
        document.vectors()
                .forEach((field, vector) ->
                        message.addVectors(Vectors.write(field, spaces.getOrDefault(field, ""), vector)));
        document.metadata().forEach((key, value) -> message.putMetadata(key, Values.write(value)));
        if (stampParts != StampParts.NONE) {
            Digest digest = stampParts == StampParts.WITH_DIGEST ? document.digest() : null;
            message.setStamp(writeStamp(document.stamp(), digest));
        }
        return message.build();
    }

    /** The parts of a stamp that go onto the wire. */
    public enum StampParts {
        NONE,
        /** Version and provenance. */
        STAMP,
        /** The digests too. */
        WITH_DIGEST
    }

    public static Key read(io.crossfade.v1.Key message) {
        return new Key(message.getNamespace(), message.getId());
    }

    public static io.crossfade.v1.Key write(Key key) {
        return io.crossfade.v1.Key.newBuilder()
                .setNamespace(key.namespace())
                .setId(key.id())
                .build();
    }

    public static MetadataPatch read(io.crossfade.v1.MetadataPatch message) {
        return new MetadataPatch(
                readMetadata("set", message.getSetMap()), message.getRemoveList(), message.getReplace());
    }

    public static io.crossfade.v1.MetadataPatch write(MetadataPatch patch) {
        io.crossfade.v1.MetadataPatch.Builder message = io.crossfade.v1.MetadataPatch.newBuilder()
                .addAllRemove(patch.remove())
                .setReplace(patch.replace());
        patch.set().forEach((key, value) -> message.putSet(key, Values.write(value)));
        return message.build();
    }

    public static Stamp readStamp(io.crossfade.v1.Stamp message) {
        return new Stamp(message.getVersion(), message.getProvenanceMap(), message.getWrittenDigestsMap());
    }

    public static io.crossfade.v1.Stamp write(Stamp stamp) {
        return writeStamp(stamp, null);
    }

    private static io.crossfade.v1.Stamp writeStamp(Stamp stamp, @Nullable Digest digest) {
        io.crossfade.v1.Stamp.Builder message = io.crossfade.v1.Stamp.newBuilder()
                .setVersion(stamp.version())
                .putAllProvenance(stamp.provenance())
                .putAllWrittenDigests(stamp.written());
        if (digest != null) {
            message.setContentDigest(UnsafeByteOperations.unsafeWrap(digest.content()))
                    .putAllVectorDigests(digest.vectors())
                    .setSource(digest.source());
        }
        return message.build();
    }

    private static @Nullable Digest readDigest(io.crossfade.v1.Stamp message) {
        return message.getContentDigest().isEmpty()
                ? null
                : new Digest(message.getContentDigest().asReadOnlyByteBuffer(), message.getVectorDigestsMap());
    }

    private static Map<String, Value> readMetadata(String field, Map<String, io.crossfade.v1.Value> messages) {
        try {
            return Values.read(messages);
        } catch (ShapeException e) {
            throw e.under(field);
        }
    }
}
