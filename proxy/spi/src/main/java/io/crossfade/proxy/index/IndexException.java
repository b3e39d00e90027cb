package io.crossfade.proxy.index;

import org.jspecify.annotations.Nullable;

/** A failure of an index to answer, and why. */
public final class IndexException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What the caller can do about it. */
    public enum Kind {
        /** Not reachable, or shutting down: try again. */
        UNAVAILABLE,
        /** No answer within the timeout. */
        DEADLINE,
        /** The engine refuses more load for now. */
        EXHAUSTED,
        /** The request itself is wrong for this index. */
        INVALID,
        /** The engine's schema is not the configured one. */
        MISMATCH,
        /** There is no such index. */
        MISSING,
        /** A fault in the driver or the engine. */
        INTERNAL
    }

    private final Kind kind;

    public IndexException(Kind kind, String message) {
        this(kind, message, null);
    }

    public IndexException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
