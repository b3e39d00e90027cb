package io.crossfade.proxy.migration.identity;

/**
 * What was found of an index at one moment.
 *
 * @param since version of the first write that may be missing; 0: any
 * @param found for people: what was found, and what was expected
 */
public record Vouch(Kind kind, long since, String found) {
    /** What an index, or this member's own state, is like. */
    public enum Kind {
        /** It has all that it is known to have been given. */
        SAME,
        /** Another index answers, or an empty one. */
        REPLACED,
        /** It lacks what it had. */
        WENT_BACK,
        /** It knows more of this member than the member's own state directory: that is an older copy, or lacks its end. */
        STATE_OLD,
        /** Another process of the same member is at work. */
        TWIN,
        /** It could not be asked. */
        UNREACHABLE
    }

    /** An index that is still the same. */
    public static final Vouch ALIKE = new Vouch(Kind.SAME, 0, "");

    public boolean isSame() {
        return kind == Kind.SAME;
    }
}
