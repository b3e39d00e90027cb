package io.crossfade.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.NamedVector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A dense vector, the field it belongs to and the space it lives in. Its values are not copied: leave the array alone.
 *
 * @param field vector field of the index; "" is the default one
 * @param space name of the configured space; two models may have equal dimensions, so a length proves nothing
 */
@SuppressWarnings("ArrayRecordComponent") // a vector is bulk data; nobody compares or hashes it
public record Vector(String field, String space, float[] values) {
    /** Of the default field. */
    public static Vector of(String space, float... values) {
        return new Vector("", space, values);
    }

    static Vector of(NamedVector proto) {
        return new Vector(proto.getField(), proto.getSpace(), floats(proto.getDense()));
    }

    /** As little-endian bytes, the form that crosses the sidecar uncopied. */
    NamedVector toProto() {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return NamedVector.newBuilder()
                .setField(field)
                .setSpace(space)
                .setDense(DenseVector.newBuilder().setF32Le(UnsafeByteOperations.unsafeWrap(bytes)))
                .build();
    }

    private static float[] floats(DenseVector dense) {
        if (dense.hasFloats()) {
            float[] values = new float[dense.getFloats().getValuesCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = dense.getFloats().getValues(i);
            }
            return values;
        }
        ByteString bytes = dense.getF32Le();
        float[] values = new float[bytes.size() / Float.BYTES];
        bytes.asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }
}
