package io.crossfade.proxy.time;

import java.util.concurrent.CompletionException;

/** Finds what really went wrong in a chain of futures. */
public final class Cause {
    private Cause() {}

    /** The failure without the wrapping that a chain of futures puts around it. */
    public static Throwable of(Throwable failed) {
        Throwable cause = failed;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The failure in words: its message, or its name if it has none. */
    public static String message(Throwable failed) {
        Throwable cause = of(failed);
        String message = cause.getMessage();
        return message == null || message.isEmpty() ? cause.toString() : message;
    }
}
