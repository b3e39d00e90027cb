package io.crossfade.proxy.control;

/** What became of a change that the store has answered. */
public sealed interface Change {
    /**
     * The change is made, and durable.
     *
     * @param revision the record's from now on; {@link Revision#ABSENT} after a deletion
     */
    record Done(Revision revision) implements Change {}

    /** The revision was not the expected one: nothing was changed, and never will be by this call. */
    record Conflict() implements Change {}
}
