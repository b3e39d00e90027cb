package io.crossfade.proxy.front.crossfade;

import io.crossfade.proxy.wire.ShapeException;
import io.crossfade.proxy.wire.Values;
import io.crossfade.proxy.wire.Vectors;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.Document;
import io.crossfade.v1.Floats;
import io.crossfade.v1.KeyedPatch;
import io.crossfade.v1.KeyedVectors;
import io.crossfade.v1.MetadataPatch;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Messages without what is malformed in them, which is told part by part, so that what else is wrong can be found too. A
 * malformed vector keeps its place.
 *
 * @param problems told of each malformed part
 */
record SoundParts(Consumer<ShapeException> problems) {
    Document of(Document message) {
        Map<String, Value> metadata = values(message.getMetadataMap(), "metadata");
        List<NamedVector> vectors = vectors(message.getVectorsList());
        return message.toBuilder()
                .clearMetadata()
                .putAllMetadata(metadata)
                .clearVectors()
                .addAllVectors(vectors)
                .build();
    }

    KeyedPatch of(KeyedPatch message) {
        MetadataPatch patch = new SoundParts(problem -> problems.accept(problem.under("patch"))).of(message.getPatch());
        return message.toBuilder()
                .setPatch(patch)
                .clearVectors()
                .addAllVectors(vectors(message.getVectorsList()))
                .build();
    }

    MetadataPatch of(MetadataPatch message) {
        return message.toBuilder()
                .clearSet()
                .putAllSet(values(message.getSetMap(), "set"))
                .build();
    }

    KeyedVectors of(KeyedVectors message) {
        return message.toBuilder()
                .clearVectors()
                .addAllVectors(vectors(message.getVectorsList()))
                .build();
    }

    private Map<String, Value> values(Map<String, Value> messages, String field) {
        Map<String, Value> sound = new HashMap<>();
        messages.forEach((key, value) -> {
            try {
                Values.read(value);
                sound.put(key, value);
            } catch (ShapeException e) {
                problems.accept(e.under(key).under(field));
            }
        });
        return sound;
    }

    private List<NamedVector> vectors(List<NamedVector> messages) {
        NamedVector[] sound = messages.toArray(NamedVector[]::new);
        for (int i = 0; i < sound.length; i++) {
            try {
                Vectors.read(sound[i]);
            } catch (ShapeException e) {
                problems.accept(e.under("vectors", i));
                sound[i] = of(sound[i]);
            }
        }
        return List.of(sound);
    }

    /** Stands in the place of a malformed vector. */
    static NamedVector of(NamedVector malformed) {
        return malformed.toBuilder()
                .setDense(DenseVector.newBuilder().setFloats(Floats.getDefaultInstance()))
                .build();
    }
}
