package io.crossfade.proxy.migration.state;

/**
 * A change of a record. It is made of what stands, and made anew if somebody else was first. Whether it was made may
 * remain unknown for a while: so it must do no harm if it is made twice, or know what it has written.
 */
@FunctionalInterface
public interface Edit<T> {
    /** Says what is to stand; the same if there is nothing to change. */
    T of(T before);

    /**
     * Whether what stands has come from what an earlier attempt wrote, of which it is unknown whether it was written.
     *
     * @param written by this edit
     */
    default boolean isIn(T now, T written) {
        return now.equals(written);
    }
}
