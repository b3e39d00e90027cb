package io.crossfade.proxy.wire;

import com.google.protobuf.ByteString;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.Floats;
import java.util.List;

/**
 * Translates vectors. Little-endian bytes that came in a message go into others as they are, neither copied nor looked at; those of
 * another origin are copied once for each message.
 */
public final class Vectors {
    private Vectors() {}

    public static List<NamedVector> read(List<io.crossfade.v1.NamedVector> messages) {
        return Repeated.read("vectors", messages, Vectors::read);
    }

    public static NamedVector read(io.crossfade.v1.NamedVector message) {
        return switch (message.getValueCase()) {
            case DENSE -> new NamedVector(message.getField(), message.getSpace(), readDense(message.getDense()));
            case SPARSE ->
                throw ShapeException.capability("a sparse vector (expected: dense; no index has sparse vectors)");
            case MULTI ->
                throw ShapeException.capability("a multi-vector (expected: dense; no index has multi-vectors)");
            case VALUE_NOT_SET -> throw ShapeException.malformed("no value (expected: dense)");
        };
    }

    private static Embedding readDense(DenseVector message) {
        return switch (message.getEncodingCase()) {
            case F32LE -> readBytes(message.getF32Le());
            case FLOATS -> readFloats(message.getFloats());
            case ENCODING_NOT_SET -> throw ShapeException.malformed("no floats (expected: f32le or floats)");
        };
    }

    private static Embedding readBytes(ByteString bytes) {
        if (bytes.size() % Float.BYTES != 0) {
            throw ShapeException.malformed(bytes.size() + " bytes (expected: a multiple of 4)");
        }
        return Embedding.wrap(bytes.asReadOnlyByteBuffer(), bytes);
    }

    private static Embedding readFloats(Floats message) {
        float[] values = new float[message.getValuesCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = message.getValues(i);
        }
        return Embedding.of(values);
    }

    public static io.crossfade.v1.NamedVector write(NamedVector vector) {
        return write(vector.field(), vector.space(), vector.embedding());
    }

    public static io.crossfade.v1.NamedVector write(String field, String space, Embedding embedding) {
        return io.crossfade.v1.NamedVector.newBuilder()
                .setField(field)
                .setSpace(space)
                .setDense(DenseVector.newBuilder().setF32Le(bytes(embedding)))
                .build();
    }

    private static ByteString bytes(Embedding embedding) {
        return embedding.origin() instanceof ByteString bytes ? bytes : ByteString.copyFrom(embedding.bytes());
    }
}
