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

    /** The text, if a column can hold it that takes at most so many characters, or any number for 0. The engine would cut off spaces. */
    static String held(String name, String text, int most, String column) throws Refusal {
        if (!fits(text, most)) {
            int length = text.codePointCount(0, text.length());
            throw new Refusal(
                    name, length + " characters, too long", "at most " + most + " characters, for column " + column);
        }
        return held(name, text);
    }

    static boolean fits(String text, int most) {
        return most == 0 || text.length() <= most || text.codePointCount(0, text.length()) <= most;
    }

    /** How many characters a text of this type modifier has at most; 0 for any number. */
    static int most(int modifier) {
        return modifier < 0 ? 0 : modifier - 4;
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
