package io.crossfade.proxy.collection;

import io.crossfade.proxy.control.ControlException;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.time.Cause;

/** Translates failures inside the sidecar into what they mean to a caller. */
public final class Failures {
    private Failures() {}

    /** The failure as its caller is told of it; of kind INTERNAL if it was not foreseen. */
    public static CallException toCall(Throwable failure) {
        Throwable cause = Cause.of(failure);
        if (cause instanceof CallException call) {
            return call;
        } else if (cause instanceof IndexException index) {
            return new CallException(kind(index.kind()), String.valueOf(index.getMessage()), index);
        } else if (cause instanceof EmbeddingException embedding) {
            CallException.Kind kind = embedding.isPermanent() || embedding.isMisconfigured()
                    ? CallException.Kind.PRECONDITION
                    : CallException.Kind.UNAVAILABLE;
            return new CallException(kind, "embedding: " + embedding.getMessage(), embedding);
        } else if (cause instanceof ControlException control) {
            return new CallException(CallException.Kind.UNAVAILABLE, String.valueOf(control.getMessage()), control);
        }
        return new CallException(CallException.Kind.INTERNAL, String.valueOf(cause.getMessage()), cause);
    }

    private static CallException.Kind kind(IndexException.Kind kind) {
        return switch (kind) {
            case UNAVAILABLE, MISMATCH, MISSING -> CallException.Kind.UNAVAILABLE;
            case DEADLINE -> CallException.Kind.DEADLINE;
            case EXHAUSTED -> CallException.Kind.EXHAUSTED;
            case INVALID -> CallException.Kind.INVALID;
            case INTERNAL -> CallException.Kind.INTERNAL;
        };
    }
}
