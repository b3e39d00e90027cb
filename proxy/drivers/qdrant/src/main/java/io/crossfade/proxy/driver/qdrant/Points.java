package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.Stored;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt;
import io.qdrant.client.grpc.Points.DenseVector;
import io.qdrant.client.grpc.Points.NamedVectors;
import io.qdrant.client.grpc.Points.PayloadIncludeSelector;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.Vector;
import io.qdrant.client.grpc.Points.VectorOutput;
import io.qdrant.client.grpc.Points.Vectors;
import io.qdrant.client.grpc.Points.VectorsOutput;
import io.qdrant.client.grpc.Points.VectorsSelector;
import io.qdrant.client.grpc.Points.WithPayloadSelector;
import io.qdrant.client.grpc.Points.WithVectorsSelector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Documents as points, and back. */
final class Points {
    private final Scheme scheme;
    private final Payloads payloads;

    Points(Scheme scheme, Payloads payloads) {
        this.scheme = scheme;
        this.payloads = payloads;
    }

    PointStruct write(StoredDocument document) {
        return PointStruct.newBuilder()
                .setId(PointIds.of(document.key()))
                .setVectors(vectors(document.vectors()))
                .putAllPayload(payloads.whole(document))
                .build();
    }

    /**
     * Vectors by name, scaled to length 1 where the metric is the cosine: the engine would do so in its own rounding, and not at
     * all with a very short one. Also where there is one or none, because no vectors at all are refused.
     */
    Vectors vectors(Map<String, Embedding> byField) {
        NamedVectors.Builder named = NamedVectors.newBuilder();
        byField.forEach((field, vector) ->
                named.putVectors(scheme.vectorNames().getOrDefault(field, field), dense(field, vector)));
        return Vectors.newBuilder().setVectors(named).build();
    }

    private Vector dense(String field, Embedding vector) {
        return Vector.newBuilder().setDense(denseVector(stored(field, vector))).build();
    }

    /** The vector as the engine keeps it. */
    Embedding stored(String field, Embedding vector) {
        Space space = scheme.definition().vectors().get(field);
        return space == null ? vector : Stored.NORMALISED.of(space, vector);
    }

    static DenseVector denseVector(Embedding vector) {
        DenseVector.Builder dense = DenseVector.newBuilder();
        for (int i = 0; i < vector.dimensions(); i++) {
            dense.addData(vector.get(i));
        }
        return dense.build();
    }

    /** What of the payload is asked for, to read these parts. */
    WithPayloadSelector payloadOf(Projection wanted) {
        return wanted.text() || wanted.metadata() || wanted.digest()
                ? WithPayloadSelector.newBuilder().setEnable(true).build()
                : WithPayloadSelector.newBuilder()
                        .setInclude(PayloadIncludeSelector.newBuilder()
                                .addAllFields(
                                        Payloads.stampPaths(scheme.vectorNames().keySet())))
                        .build();
    }

    WithVectorsSelector vectorsOf(Projection wanted) {
        return wanted.vectors() || wanted.digest()
                ? WithVectorsSelector.newBuilder()
                        .setInclude(VectorsSelector.newBuilder()
                                .addAllNames(scheme.vectorNames().values()))
                        .build()
                : WithVectorsSelector.newBuilder().setEnable(false).build();
    }

    StoredDocument read(PointId id, Map<String, JsonWithInt.Value> payload, VectorsOutput vectors, Projection wanted) {
        Key key = PointIds.key(id, payload);
        boolean isContent = wanted.text() || wanted.metadata() || wanted.digest();
        Map<String, Value> metadata = isContent ? payloads.metadata(key, payload) : Map.of();
        return new StoredDocument(
                        key,
                        Payloads.stamp(payload),
                        isContent ? payloads.text(payload) : null,
                        metadata,
                        vectors(vectors))
                .project(wanted);
    }

    private Map<String, Embedding> vectors(VectorsOutput vectors) {
        Map<String, Embedding> byField = new HashMap<>();
        if (vectors.hasVector()) {
            put(byField, "", vectors.getVector());
        } else {
            vectors.getVectors().getVectorsMap().forEach((name, vector) -> put(byField, name, vector));
        }
        return byField;
    }

    private void put(Map<String, Embedding> byField, String name, VectorOutput vector) {
        String field = scheme.field(name);
        List<Float> floats = floats(vector);
        if (field != null && !floats.isEmpty()) {
            ByteBuffer bytes = ByteBuffer.allocate(floats.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            floats.forEach(bytes::putFloat);
            byField.put(field, Embedding.wrap(bytes.flip().order(ByteOrder.LITTLE_ENDIAN)));
        }
    }

    /** A server before 1.16 has them in the older place. */
    @SuppressWarnings("deprecation")
    private static List<Float> floats(VectorOutput vector) {
        return vector.hasDense() ? vector.getDense().getDataList() : vector.getDataList();
    }
}
