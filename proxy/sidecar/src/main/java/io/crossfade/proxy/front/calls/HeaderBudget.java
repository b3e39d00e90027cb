package io.crossfade.proxy.front.calls;

/**
 * Keeps what travels in HTTP/2 headers small. Counts as gRPC encodes a message: a byte per plain ASCII character, else
 * 9.
 */
final class HeaderBudget {
    private static final int PLAIN = 1;
    private static final int ENCODED = 9;
    private static final String ELLIPSIS = "...";

    private int left;

    HeaderBudget(int size) {
        left = size;
    }

    /** Whether there was room for both; then it is used up. */
    boolean take(String a, String b) {
        int size = size(a) + size(b);
        if (size > left) {
            return false;
        }
        left -= size;
        return true;
    }

    /** The text, or as much of its beginning as fits. */
    static String cut(String text, int size) {
        int used = 0;
        int room = size - ELLIPSIS.length();
        int keep = 0;
        for (int i = 0; i < text.length(); i++) {
            used += size(text.charAt(i));
            if (used <= room) {
                keep = i + 1;
            }
            if (used > size) {
                return text.substring(0, keep) + ELLIPSIS;
            }
        }
        return text;
    }

    private static int size(String text) {
        int size = 0;
        for (int i = 0; i < text.length(); i++) {
            size += size(text.charAt(i));
        }
        return size;
    }

    private static int size(char c) {
        return c >= ' ' && c < 0x7f && c != '%' ? PLAIN : ENCODED;
    }
}
