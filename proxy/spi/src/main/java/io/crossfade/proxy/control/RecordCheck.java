package io.crossfade.proxy.control;

import java.util.regex.Pattern;

/**
 * Checks what is to be in a store. All methods throw an {@link IllegalArgumentException} with name, value and
 * expectation.
 */
public final class RecordCheck {
    private static final String CHARACTERS = "letters, digits, '.', '_' and '-', the first a letter or a digit";
    private static final int LONGEST_NAME = 128;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private RecordCheck() {}

    /** Checks the name of a record. */
    public static void name(String name) {
        require(
                !name.isEmpty() && isPrefix(name),
                "control record: \"" + name + "\" (expected: 1 to " + LONGEST_NAME + " " + CHARACTERS + ")");
    }

    /** Checks the beginning of a name, which may be empty. */
    public static void prefix(String prefix) {
        require(
                isPrefix(prefix),
                "control prefix: \"" + prefix + "\" (expected: at most " + LONGEST_NAME + " " + CHARACTERS + ")");
    }

    private static boolean isPrefix(String text) {
        return text.isEmpty()
                || (text.length() <= LONGEST_NAME && NAME.matcher(text).matches());
    }

    /** Checks a record that is to be written. */
    public static void value(String name, byte[] value) {
        name(name);
        require(
                value.length <= ControlStore.LARGEST_VALUE,
                "control record " + name + ": " + value.length + " bytes (expected: at most "
                        + ControlStore.LARGEST_VALUE + ")");
    }

    /** Checks a record that is to be deleted: it must have been there. */
    public static void deletion(String name, Revision expected) {
        name(name);
        require(
                !expected.equals(Revision.ABSENT),
                "control record " + name + ": to be deleted though absent (expected: a revision that was read)");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
