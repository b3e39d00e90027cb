package io.crossfade.proxy.driver.lucene;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.crossfade.proxy.model.Value;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/**
 * Metadata as Lucene terms: 16 bytes of hash of the path, a tag, and the value. All paths share one Lucene field, so
 * that their number has no limit.
 */
final class MetadataTerms {
    /** The path has a value, of any kind. */
    static final char EXISTS = 'e';

    /** The value is a scalar, or a list that holds one. */
    static final char SCALAR = '1';

    /** The value is a list of at least two different scalars. */
    static final char SCALARS = '2';

    private static final char BOOL = 'b';
    private static final char NUMBER = 'n';
    private static final char TEXT = 's';

    /**
     * The length up to which texts are kept. Longer ones are cut, and followed by a hash of all: still exact to
     * compare, and to order with shorter ones.
     */
    static final int TEXT_BYTES = 256;

    static final int HASH_BYTES = 16;
    private static final double TWO_TO_63 = 0x1p63;

    private MetadataTerms() {}

    static byte[] hash(byte[] bytes) {
        try {
            return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(bytes), HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static byte[] path(String path) {
        return hash(path.getBytes(UTF_8));
    }

    static BytesRef marker(byte[] path, char tag) {
        return term(path, tag, new byte[0]);
    }

    /** The term of a scalar: equal for equal scalars, and only for these; null if the value equals nothing. */
    static @Nullable BytesRef scalar(byte[] path, Value value) {
        return switch (value.kind()) {
            case BOOL -> term(path, BOOL, new byte[] {(byte) (((Value.Bool) value).value() ? 1 : 0)});
            case TEXT -> term(path, TEXT, text(((Value.Text) value).value().getBytes(UTF_8)));
            case INT64, FLOAT64 -> {
                byte[] number = number(value);
                yield number == null ? null : term(path, NUMBER, number);
            }
            case NULL, ITEMS, FIELDS -> null;
        };
    }

    private static byte[] text(byte[] utf8) {
        if (utf8.length <= TEXT_BYTES) {
            return utf8;
        }
        return ByteBuffer.allocate(TEXT_BYTES + HASH_BYTES)
                .put(utf8, 0, TEXT_BYTES)
                .put(hash(utf8))
                .array();
    }

    /** The lower bound of the terms of all texts under a path, itself included. */
    static BytesRef textsBegin(byte[] path) {
        return marker(path, TEXT);
    }

    /** The upper bound of the terms of all texts under a path, itself excluded. */
    static BytesRef textsEnd(byte[] path) {
        return marker(path, (char) (TEXT + 1));
    }

    /**
     * A number in 16 bytes that compare as the numbers do, exactly, integers with doubles: the nearest double, then
     * how far the integer is from it. Null if it is no number, or NaN.
     */
    static byte @Nullable [] number(Value value) {
        return switch (value.kind()) {
            case INT64 -> {
                long number = ((Value.Int64) value).value();
                yield number((double) number, rest(number));
            }
            case FLOAT64 -> {
                double number = ((Value.Float64) value).value();
                yield Double.isNaN(number) ? null : number(number, 0);
            }
            case NULL, BOOL, TEXT, ITEMS, FIELDS -> null;
        };
    }

    private static long rest(long value) {
        double nearest = (double) value;
        return nearest == TWO_TO_63 ? value - Long.MAX_VALUE - 1 : value - (long) nearest;
    }

    /** @param rest -1024 to 1024 for integers; the extremes stand for just below and just above the double */
    static byte[] number(double nearest, long rest) {
        byte[] bytes = new byte[2 * Long.BYTES];
        // adding 0 turns -0 into 0: they are equal
        NumericUtils.longToSortableBytes(NumericUtils.doubleToSortableLong(nearest + 0.0), bytes, 0);
        NumericUtils.longToSortableBytes(rest, bytes, Long.BYTES);
        return bytes;
    }

    private static BytesRef term(byte[] path, char tag, byte[] value) {
        return new BytesRef(ByteBuffer.allocate(HASH_BYTES + 1 + value.length)
                .put(path)
                .put((byte) tag)
                .put(value)
                .array());
    }
}
