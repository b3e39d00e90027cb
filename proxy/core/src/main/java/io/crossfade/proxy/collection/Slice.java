package io.crossfade.proxy.collection;

import io.crossfade.proxy.model.Key;

/** Documents whose key's hash modulo {@code count} is {@code index}: slices are disjoint and complete. */
public record Slice(int index, int count) {
    /** Everything. */
    public static final Slice ALL = new Slice(0, 1);

    public Slice {
        if (count < 1 || index < 0 || index >= count) {
            throw new IllegalArgumentException(
                    "slice: " + index + " of " + count + " (expected: 0 <= index < count, count > 0)");
        }
    }

    public boolean contains(Key key) {
        return of(key, count) == index;
    }

    /** Index of the slice that the key falls into. The same in every process and release. */
    public static int of(Key key, int count) {
        int hash = 31 * key.namespace().hashCode() + key.id().hashCode();
        hash *= 0x9E3779B9;
        return Integer.remainderUnsigned(hash ^ (hash >>> 15), count);
    }
}
