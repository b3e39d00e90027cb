package io.crossfade.proxy.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A dense vector: little-endian 32-bit floats, seen through a read-only view. The bytes are those that arrived from the
 * wire, so that a vector crosses the sidecar uncopied. Immutable, provided that nobody writes to the wrapped bytes.
 */
public final class Embedding {
    private static final int NOT_LOOKED = -2;

    private final ByteBuffer bytes;
    private final @Nullable Object origin;
    // Asked for at the edge and again by each index. A race only looks twice.
    private int firstNotFinite = NOT_LOOKED;
    // Of a migration, by the write path and by each index. A race only hashes twice.
    private @Nullable Long digest;

    private Embedding(ByteBuffer bytes, @Nullable Object origin) {
        this.bytes = bytes;
        this.origin = origin;
    }

    /** Wraps the remaining bytes; their number must be a multiple of 4. */
    public static Embedding wrap(ByteBuffer littleEndianFloats) {
        return wrap(littleEndianFloats, null);
    }

    /**
     * Likewise.
     *
     * @param origin what the bytes belong to, in the terms of whoever has read them, and may want to send it on as it is
     */
    public static Embedding wrap(ByteBuffer littleEndianFloats, @Nullable Object origin) {
        if (littleEndianFloats.remaining() % Float.BYTES != 0) {
            throw new IllegalArgumentException(
                    "vector: " + littleEndianFloats.remaining() + " bytes (expected: a multiple of 4)");
        }
        return new Embedding(littleEndianFloats.slice().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN), origin);
    }

    public static Embedding of(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new Embedding(bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN), null);
    }

    public int dimensions() {
        return bytes.remaining() / Float.BYTES;
    }

    public float get(int dimension) {
        return bytes.getFloat(dimension * Float.BYTES);
    }

    public float[] toFloats() {
        float[] values = new float[dimensions()];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    /** An independent read-only view of the bytes, little-endian. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** As given to {@link #wrap}; null if nothing was. It holds exactly these bytes. */
    public @Nullable Object origin() {
        return origin;
    }

    /** The first 8 bytes of a SHA-256 over the bytes. */
    long digest() {
        Long known = digest;
        if (known == null) {
            known = Digest.of(bytes());
            digest = known;
        }
        return known;
    }

    /** Position of the first NaN or infinity, or -1. */
    public int firstNotFinite() {
        int known = firstNotFinite;
        if (known == NOT_LOOKED) {
            known = findNotFinite();
            firstNotFinite = known;
        }
        return known;
    }

    private int findNotFinite() {
        for (int i = 0; i < dimensions(); i++) {
            if (!Float.isFinite(get(i))) {
                return i;
            }
        }
        return -1;
    }

    /** The vector scaled to length 1; a zero vector stays as it is. */
    public Embedding normalised() {
        double squares = 0;
        for (int i = 0; i < dimensions(); i++) {
            squares += (double) get(i) * get(i);
        }
        double length = Math.sqrt(squares);
        return length == 0 ? this : map(value -> value / length);
    }

    private Embedding map(DoubleUnaryOperator operator) {
        float[] values = toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) operator.applyAsDouble(values[i]);
        }
        return of(values);
    }

    @Override
    public boolean equals(Object other) {
        return other == this || (other instanceof Embedding embedding && bytes.equals(embedding.bytes));
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        return "Embedding[" + dimensions() + "]";
    }
}
