package io.crossfade.proxy.driver.pgvector;

/** What a text of PostgreSQL can be. */
final class Texts {
    private Texts() {}

    /** The text, if the engine can hold it: it has no place for U+0000, nor for half a character. */
    static String held(String name, String text) throws Refusal {
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (each == 0) {
                throw new Refusal(name, "U+0000 at " + i, "none: PostgreSQL has no place for it");
            } else if (Character.isSurrogate(each) && !isPair(text, i)) {
                throw new Refusal(name, "half a character at " + i, "Unicode");
            } else if (Character.isHighSurrogate(each)) {
                i++;
            }
        }
        return text;
    }

    /** Whether some row can have the text. */
    static boolean isHeld(String text) {
        try {
            held("", text);
            return true;
        } catch (Refusal never) {
            return false;
        }
    }

    private static boolean isPair(String text, int at) {
        return at + 1 < text.length() && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
    }
}
