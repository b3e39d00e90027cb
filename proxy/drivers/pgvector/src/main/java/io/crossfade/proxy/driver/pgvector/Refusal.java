package io.crossfade.proxy.driver.pgvector;

/** Why the table can never take a document as it is: {@code name: value (expected: ...)}. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(String name, Object value, String expected) {
        super(name + ": " + value + " (expected: " + expected + ")", null, false, false);
    }
}
