package io.crossfade.proxy.embed;

import io.crossfade.proxy.time.Cause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure to embed texts, and why. */
public final class EmbeddingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    enum Kind {
        /** The same texts will be refused again. */
        REFUSED,
        /** It may succeed when tried again. */
        FAILED,
        /** The model's server asks to wait. */
        LIMITED,
        /** Given up before the model was asked. */
        NOT_TRIED,
        /** No text can be embedded before the configuration, or the model, is another one. */
        MISCONFIGURED
    }

    private final Kind kind;
    private final Duration retryAfter;

    /**
     * @param permanent the same texts will be refused again
     */
    public EmbeddingException(String message, boolean permanent, @Nullable Throwable cause) {
        this(message, permanent ? Kind.REFUSED : Kind.FAILED, Duration.ZERO, cause);
    }

    private EmbeddingException(String message, Kind kind, Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    /** Whether one of the texts may be the cause, so that the others can be embedded without it. */
    public boolean mayBeOneText() {
        return kind == Kind.REFUSED || kind == Kind.FAILED;
    }

    /**
     * Makes the failure of a server that refuses more load for now.
     *
     * @param retryAfter that it asks for; zero if it does not say
     */
    public static EmbeddingException limited(String message, Duration retryAfter) {
        return new EmbeddingException(message, Kind.LIMITED, retryAfter, null);
    }

    /** Makes the failure of a model that is not the one that the space needs, or that cannot be had as configured. */
    public static EmbeddingException misconfigured(String message, @Nullable Throwable cause) {
        return new EmbeddingException(message, Kind.MISCONFIGURED, Duration.ZERO, cause);
    }

    static EmbeddingException notTried(String message) {
        return new EmbeddingException(message, Kind.NOT_TRIED, Duration.ZERO, null);
    }

    public boolean isPermanent() {
        return kind == Kind.REFUSED;
    }

    /** Whether no text can be embedded before somebody changes the configuration: to try again is in vain. */
    public boolean isMisconfigured() {
        return kind == Kind.MISCONFIGURED;
    }

    Kind kind() {
        return kind;
    }

    Duration retryAfter() {
        return retryAfter;
    }

    /** The failure of a future's stage, as one of this class. */
    public static EmbeddingException of(Throwable failure) {
        Throwable cause = Cause.of(failure);
        return cause instanceof EmbeddingException known
                ? known
                : new EmbeddingException("embedder failed: " + cause, false, cause);
    }
}
