package io.crossfade.proxy.read;

import io.crossfade.proxy.collection.CallException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A driver's cursor, bound to the index and epoch that it was made for. Written as base64url of
 * {@code epoch NUL index NUL cursor}.
 */
record Cursor(long epoch, String index, String inner) {
    private static final String SEPARATOR = "\u0000";

    String encoded() {
        String plain = epoch + SEPARATOR + index + SEPARATOR + inner;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    /** The driver's cursor, if this one was made for the present route; otherwise ABORTED. */
    static String inner(String encoded, long epoch, String index) {
        if (encoded.isEmpty()) {
            return "";
        }
        Cursor cursor = decode(encoded);
        if (cursor.epoch() != epoch || !cursor.index().equals(index)) {
            throw new CallException(
                    CallException.Kind.ABORTED,
                    "cursor: of index " + cursor.index() + " at epoch " + cursor.epoch() + " (expected: " + index
                            + " at epoch " + epoch + "; begin the scan again)");
        }
        return cursor.inner();
    }

    private static Cursor decode(String encoded) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
            int first = plain.indexOf(SEPARATOR);
            int second = plain.indexOf(SEPARATOR, first + 1);
            return new Cursor(
                    Long.parseLong(plain.substring(0, first)),
                    plain.substring(first + 1, second),
                    plain.substring(second + 1));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new CallException(
                    CallException.Kind.INVALID, "cursor: not one of ours (expected: one from an earlier reply)", e);
        }
    }
}
