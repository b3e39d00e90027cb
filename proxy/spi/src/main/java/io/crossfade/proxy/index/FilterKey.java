package io.crossfade.proxy.index;

/**
 * A metadata key that an index finds documents by without looking at all of them.
 *
 * @param key as filters name it
 */
public record FilterKey(String key, Kind kind) {
    /** What its values are. */
    public enum Kind {
        /** Texts, also in lists. */
        TEXT,
        INTEGER,
        /** Numbers that need not be whole. */
        NUMBER,
        BOOL
    }
}
