package io.crossfade.proxy.migration.member;

import java.util.concurrent.CompletionException;

/** What went wrong, in words. */
final class Failure {
    private Failure() {}

    static String message(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        String message = cause.getMessage();
        return message == null || message.isEmpty() ? cause.toString() : message;
    }
}
