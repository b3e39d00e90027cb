package io.crossfade.proxy.collection;

/** Sizes of strings in UTF-8, without encoding them. */
final class Utf8 {
    /** The most that one char takes; a surrogate pair takes 4 bytes for two chars. */
    static final int MOST_BYTES_PER_CHAR = 3;

    private Utf8() {}

    static boolean fits(String text, int bytes) {
        return (long) text.length() * MOST_BYTES_PER_CHAR <= bytes || size(text) <= bytes;
    }

    static long size(String text) {
        long size = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                size += 1;
            } else if (c < 0x800 || Character.isSurrogate(c)) {
                size += 2;
            } else {
                size += MOST_BYTES_PER_CHAR;
            }
        }
        return size;
    }
}
