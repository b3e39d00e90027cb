package io.crossfade.proxy.local;

/** There is no PostgreSQL server to be had on this machine. The message is one line, and says what is missing. */
public final class PostgresUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PostgresUnavailableException(String message) {
        super(message);
    }
}
