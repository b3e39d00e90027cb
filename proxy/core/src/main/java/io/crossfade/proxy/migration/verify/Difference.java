package io.crossfade.proxy.migration.verify;

import io.crossfade.proxy.model.Key;

/** A document of the follower that is not what the leader says it should be. */
public record Difference(Key key, Kind kind, String detail) {
    /** In which way it differs. */
    public enum Kind {
        /** The follower lacks the document. */
        MISSING,
        /** The follower has a document that the leader has not. */
        EXTRA,
        /** Another version. */
        VERSION,
        /** A carried vector differs, or the metadata or text of a document that neither side has changed since. */
        CONTENT,
        /** The vector was made in another space. */
        WRONG_SPACE,
        /** The vector was made from another text. */
        STALE_VECTOR,
        /** One version, but two contents, or another vector than was written: somebody wrote around the sidecar. */
        FOREIGN_WRITE,
        /** Changed at each look. */
        MOVING
    }
}
