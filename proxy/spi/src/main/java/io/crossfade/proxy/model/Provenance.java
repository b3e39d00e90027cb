package io.crossfade.proxy.model;

import java.util.HexFormat;

/**
 * Where a vector came from: the fingerprint of its space and a hash of what was embedded. An unchanged source need not
 * be embedded again, and a comparison of two indexes can prove that a vector belongs to its text.
 *
 * @param fingerprint of the space
 * @param source hash of the embedded text, or of the vectors that stand for it
 */
public record Provenance(String fingerprint, String source) {
    /** The source of a vector that was made from this text. */
    public static String source(String text) {
        return HexFormat.of().formatHex(Digest.hash(text), 0, 8);
    }

    /**
     * The provenance of a vector that a client sent for a document without text: it belongs to the vector of the other
     * space.
     *
     * @param other digest of that vector, as it was sent
     */
    public static Provenance ofVector(Space space, long other) {
        return new Provenance(space.fingerprint(), "v" + Long.toHexString(other));
    }

    public static Provenance parse(String encoded) {
        int colon = encoded.indexOf(':');
        return colon < 0
                ? new Provenance(encoded, "")
                : new Provenance(encoded.substring(0, colon), encoded.substring(colon + 1));
    }

    /** The stored form. */
    public String encoded() {
        return fingerprint + ":" + source;
    }
}
