package io.crossfade.proxy.driver.qdrant;

import org.jspecify.annotations.Nullable;

/**
 * Keys of a payload that are no metadata. They are beside each other at the top, never in a map of their own: what is set at
 * the top merges in one operation.
 *
 * <ul>
 *   <li>{@code _cf_v} the version, a whole number of 64 bits, which the engine stores and gives back exactly
 *   <li>{@code _cf_e:FIELD} the provenance of a field's vector, {@code _cf_w:FIELD} the digest of it as it was written
 *   <li>{@code _cf_ns} the namespace, if there is one
 *   <li>{@code _cf_n:KEY} that the key is there and null, where a change made it so: a null that is set takes its key away
 *   <li>{@code _cf_x:KEY} the doubles of a value, exactly, where the engine rounds one ({@link Doubles})
 *   <li>{@code __id__} the id, where the point's own is made of it ({@link PointIds})
 * </ul>
 */
final class PayloadKeys {
    static final String VERSION = "_cf_v";
    static final String NAMESPACE = "_cf_ns";
    static final String ID = "__id__";
    static final String PROVENANCE = "_cf_e:";
    static final String WRITTEN = "_cf_w:";
    static final String NULL = "_cf_n:";
    static final String EXACT = "_cf_x:";

    private static final String OURS = "_cf_";
    private static final String HIDDEN_TEXT = "_cf_text";

    private final String text;

    /**
     * @param text the key that holds the text; null where the text is made of metadata
     */
    PayloadKeys(@Nullable String text) {
        this.text = text == null ? HIDDEN_TEXT : text;
    }

    /** Whether metadata can never have such a key, whatever holds the text. */
    static boolean isReserved(String key) {
        return key.startsWith(OURS) || key.equals(ID);
    }

    /** The key that holds the text. */
    String text() {
        return text;
    }

    /** Whether metadata of this index cannot have such a key. */
    boolean isHidden(String key) {
        return isReserved(key) || key.equals(text);
    }
}
