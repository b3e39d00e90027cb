package io.crossfade.proxy.control;

/**
 * A name for one state of a record. Two are equal or not, and nothing else is known of them: a record that was
 * deleted and made again never has a revision that it had before.
 *
 * @param text the store's own
 */
public record Revision(String text) {
    /** Stands for a record that is not there. */
    public static final Revision ABSENT = new Revision("");
}
