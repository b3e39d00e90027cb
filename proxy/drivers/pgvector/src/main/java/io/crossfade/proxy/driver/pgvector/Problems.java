package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexException;
import java.net.SocketTimeoutException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What failures of the engine mean, by the class of their SQLSTATE. Messages say what the engine says, without the detail and
 * without the statement: those show the content of rows.
 */
final class Problems {
    private static final String CANCELED = "57014";
    private static final String DEADLOCK = "40P01";
    private static final String NOT_SERIALIZABLE = "40001";
    private static final String READ_ONLY = "25006";
    private static final String OLD_PLAN = "0A000";
    private static final String NO_TABLE = "42P01";

    private Problems() {}

    /** The failure of a call, or of a try to connect. */
    static IndexException of(String index, SQLException failed) {
        SQLException cause = cause(failed);
        boolean isPoolUsedUp = cause == failed && !(failed instanceof PSQLException) && failed.getSQLState() == null;
        return new IndexException(
                isPoolUsedUp ? IndexException.Kind.EXHAUSTED : kind(state(cause)),
                index + ": " + reason(failed),
                failed);
    }

    /** What the engine says. */
    static String reason(SQLException failed) {
        SQLException cause = cause(failed);
        if (cause instanceof PSQLException fromEngine) {
            ServerErrorMessage message = fromEngine.getServerErrorMessage();
            if (message != null) {
                return message.getMessage() + " (SQLSTATE " + message.getSQLState() + ")";
            }
        }
        return cause instanceof BatchUpdateException ? "batch failed" : String.valueOf(cause.getMessage());
    }

    private static String state(SQLException cause) {
        String state = cause.getSQLState();
        return state == null || state.length() != 5 ? "XX000" : state;
    }

    private static IndexException.Kind kind(String state) {
        if (state.equals(CANCELED) || state.equals("25P03") || state.equals("25P04")) {
            return IndexException.Kind.DEADLINE;
        } else if (state.equals(READ_ONLY) || state.equals("55P03")) {
            return IndexException.Kind.UNAVAILABLE;
        } else if (state.equals(NO_TABLE)) {
            return IndexException.Kind.MISSING;
        }
        return switch (state.substring(0, 2)) {
            case "08", "57", "40" -> IndexException.Kind.UNAVAILABLE;
            case "53" -> IndexException.Kind.EXHAUSTED;
            case "3D", "3F" -> IndexException.Kind.MISSING;
            case "28", "42", "0A" -> IndexException.Kind.MISMATCH;
            case "22", "54" -> IndexException.Kind.INVALID;
            default -> IndexException.Kind.INTERNAL;
        };
    }

    /** Whether the values of some row are refused, by the engine or by a trigger, and would be again. */
    static boolean isOfTheData(SQLException failed) {
        return switch (state(cause(failed)).substring(0, 2)) {
            case "22", "23", "54", "P0" -> true;
            default -> false;
        };
    }

    /** Whether nothing is wrong with what was asked, but what others did meanwhile. */
    static boolean isOfTheMoment(SQLException failed) {
        String state = state(cause(failed));
        return state.equals(DEADLOCK) || state.equals(NOT_SERIALIZABLE);
    }

    /** Whether the engine has answered, and its answer is that the transaction is no more. */
    static boolean isAnswerOfTheEngine(SQLException failed) {
        String state = state(cause(failed));
        return cause(failed) instanceof PSQLException fromEngine
                && fromEngine.getServerErrorMessage() != null
                && !state.startsWith("57P")
                && !state.startsWith("08");
    }

    /** Whether a connection with this failure is of no more use, or leads to the wrong server. */
    static boolean endsTheConnection(SQLException failed) {
        String state = state(cause(failed));
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("25") || state.startsWith("0A");
    }

    /** Whether the failure is of a connection that was made before something has changed, so that another one may do. */
    static boolean isStale(SQLException failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return false;
            }
        }
        String state = state(cause(failed));
        return state.startsWith("08") || state.startsWith("57P") || state.equals(OLD_PLAN);
    }

    /** The failure that others wrap: a pool its last one, a batch that of an entry. */
    private static SQLException cause(SQLException failed) {
        SQLException deepest = failed;
        for (SQLException next = next(failed); next != null; next = next(next)) {
            deepest = next;
        }
        return deepest;
    }

    private static @Nullable SQLException next(SQLException failed) {
        if (failed instanceof PSQLException fromEngine && fromEngine.getServerErrorMessage() != null) {
            return null;
        }
        SQLException next = failed.getNextException();
        return next != null ? next : failed.getCause() instanceof SQLException cause ? cause : null;
    }
}
