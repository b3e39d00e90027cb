package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexException;
import java.net.SocketTimeoutException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLWarning;
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

    /** What the engine's warning comes from, in any language, when it has given up to wait for replicas. */
    private static final String WAITS_FOR_REPLICAS = "SyncRepWaitForLSN";

    /** The classes that begin with a letter and are the engine's own; others are of whoever wrote a trigger. */
    private static final Set<String> OWN_LETTERS = Set.of("F0", "HV", "P0", "XX");

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
            case "08", "57", "58", "40" -> IndexException.Kind.UNAVAILABLE;
            case "53" -> IndexException.Kind.EXHAUSTED;
            case "3D", "3F" -> IndexException.Kind.MISSING;
            case "28", "42", "0A" -> IndexException.Kind.MISMATCH;
            case "22", "54" -> IndexException.Kind.INVALID;
            default -> IndexException.Kind.INTERNAL;
        };
    }

    /** Whether the values of some row are refused, by the engine or by a trigger, and would be again. */
    static boolean isOfTheData(SQLException failed) {
        String category = state(cause(failed)).substring(0, 2);
        return switch (category) {
            case "22", "23", "54", "P0" -> true;
            default -> Character.isLetter(category.charAt(0)) && !OWN_LETTERS.contains(category);
        };
    }

    /** Whether a table that has changed since it was opened may be the reason. */
    static boolean mayBeOfTheTable(SQLException failed) {
        return isOfTheData(failed) || isOfTheSchema(failed);
    }

    /** Whether something that a statement names is not there, or is of another kind. */
    static boolean isOfTheSchema(SQLException failed) {
        return state(cause(failed)).startsWith("42");
    }

    /**
     * Commits.
     *
     * @return null, or why it is not known whether a standby has what was committed, of those that the engine waits for
     */
    static @Nullable String commit(Connection connection) throws SQLException {
        connection.clearWarnings();
        connection.commit();
        for (SQLWarning warning = connection.getWarnings(); warning != null; warning = warning.getNextWarning()) {
            if (warning instanceof PSQLWarning fromEngine
                    && WAITS_FOR_REPLICAS.equals(
                            fromEngine.getServerErrorMessage().getRoutine())) {
                return "committed, but no replica has confirmed it: " + warning.getMessage();
            }
        }
        return null;
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
