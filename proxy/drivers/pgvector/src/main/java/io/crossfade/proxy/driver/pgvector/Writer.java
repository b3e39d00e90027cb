package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Space;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Applies the writes of one call, in one transaction and in the order of their keys, so that two calls do not wait for each
 * other. If the engine refuses what is in a row, all of the transaction is undone, and each half is tried alone, until the row
 * stands alone: it is rejected, and the others are written. But first it is asked whether the table is still as it was found when
 * it was opened: if not, no row is to blame. Owned by the thread of the call.
 */
final class Writer {
    private static final int MOST_TRIES = 3;

    private final Connection connection;
    private final Table table;
    private final WriteSql statements;
    private final List<IndexWrite> writes;
    private final Changed changed;
    /** Nanoseconds until nobody waits any more. */
    private final LongSupplier left;

    private final @Nullable Outcome[] outcomes;
    private @Nullable SQLException lost;
    private boolean isSome;
    private boolean isAsked;
    private @Nullable String difference;

    /** Looks whether the table is another than when it was opened. */
    @FunctionalInterface
    interface Changed {
        /** What is different, in words; null for nothing. */
        @Nullable
        String difference() throws SQLException;
    }

    Writer(Connection connection, Table table, List<IndexWrite> writes, LongSupplier left, Changed changed) {
        this.connection = connection;
        this.table = table;
        this.statements = new WriteSql(table);
        this.writes = writes;
        this.left = left;
        this.changed = changed;
        this.outcomes = new @Nullable Outcome[writes.size()];
    }

    /** What ended the connection; null if it can be used again. */
    @Nullable
    SQLException lost() {
        return lost;
    }

    /** Whether some write is done, or may be. */
    boolean isSome() {
        return isSome;
    }

    List<Outcome> write(Map<String, Space> fields) {
        List<Change> changes = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparing(i -> writes.get(i).key()));
        for (int i : order) {
            Change change = change(i, writes.get(i), fields);
            if (change != null) {
                changes.add(change);
            }
        }
        apply(changes, 1);
        List<Outcome> all = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            all.add(outcome == null ? new Outcome.Failed("not sent") : outcome);
        }
        return all;
    }

    private @Nullable Change change(int position, IndexWrite write, Map<String, Space> fields) {
        String problem = VectorCheck.problem(fields, write);
        if (problem != null) {
            outcomes[position] = new Outcome.Rejected(problem);
            return null;
        }
        try {
            return statements.change(position, write);
        } catch (Refusal e) {
            outcomes[position] = new Outcome.Rejected(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void apply(List<Change> changes, int tries) {
        if (changes.isEmpty() || lost != null) {
            return;
        }
        Map<Change, Outcome> done = new HashMap<>();
        try {
            run(changes, done);
        } catch (SQLException e) {
            undone(changes, tries, e);
            return;
        }
        if (left.getAsLong() <= 0) {
            undo();
            all(changes, new Outcome.Failed("not committed: the time was over"));
            return;
        }
        try {
            String unconfirmed = Problems.commit(connection);
            if (unconfirmed != null) {
                isSome = true;
                all(changes, new Outcome.Unknown(unconfirmed));
                return;
            }
        } catch (SQLException e) {
            if (Problems.isAnswerOfTheEngine(e)) {
                undone(changes, tries, e);
            } else {
                lost = e;
                isSome = true;
                all(changes, new Outcome.Unknown("lost while it was committed: " + Problems.reason(e)));
            }
            return;
        }
        isSome = true;
        changes.forEach(change -> outcomes[change.position()] = done.get(change));
    }

    /** What follows when a transaction has ended without a commit. */
    private void undone(List<Change> changes, int tries, SQLException why) {
        if (Problems.endsTheConnection(why)) {
            lost = why;
        } else {
            undo();
        }
        String different = lost == null && Problems.mayBeOfTheTable(why) ? different() : null;
        if (different != null) {
            all(changes, new Outcome.Failed(different + "; " + Problems.reason(why)));
        } else if (lost == null && Problems.isOfTheMoment(why) && tries < MOST_TRIES && left.getAsLong() > 0) {
            apply(changes, tries + 1);
        } else if (lost == null && Problems.isOfTheData(why) && changes.size() > 1 && left.getAsLong() > 0) {
            int half = changes.size() / 2;
            apply(changes.subList(0, half), 1);
            apply(changes.subList(half, changes.size()), 1);
        } else if (Problems.isOfTheData(why) && changes.size() == 1) {
            all(changes, new Outcome.Rejected(Problems.reason(why)));
        } else {
            all(changes, new Outcome.Failed(Problems.reason(why)));
        }
    }

    /** Asked once in a call: the answer is for all of its rows. */
    private @Nullable String different() {
        if (!isAsked) {
            isAsked = true;
            try {
                difference = changed.difference();
            } catch (SQLException e) {
                difference = "the table cannot be looked at: " + Problems.reason(e);
            }
            undo();
        }
        return difference;
    }

    private void undo() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            lost = e; // what was not committed ends with its connection
        }
    }

    private void all(List<Change> changes, Outcome outcome) {
        changes.forEach(change -> outcomes[change.position()] = outcome);
    }

    private void run(List<Change> changes, Map<Change, Outcome> done) throws SQLException {
        List<Integer> counts = run(changes.stream().map(Change::ofRow).toList());
        List<Sql> stamps = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            boolean isDone = counts.get(i) > 0;
            done.put(change, isDone ? Outcome.APPLIED : change.ifNone());
            Sql stamp = change.ofStamp();
            if (isDone && stamp != null) {
                stamps.add(stamp);
            }
        }
        if (!stamps.isEmpty()) {
            run(stamps);
        }
        if (!table.triggers().isEmpty()) {
            new Standing(table, connection)
                    .check(changes.stream()
                            .filter(change ->
                                    table.fixed().isEmpty() || !(done.get(change) instanceof Outcome.Rejected))
                            .map(change -> writes.get(change.position()))
                            .toList());
        }
    }

    /** Runs statements, those that follow each other and have the same text together; how many rows each has changed. */
    private List<Integer> run(List<Sql> statements) throws SQLException {
        List<Integer> counts = new ArrayList<>(Collections.nCopies(statements.size(), 0));
        for (int from = 0; from < statements.size(); ) {
            String text = statements.get(from).text();
            int to = from + 1;
            while (to < statements.size() && statements.get(to).text().equals(text)) {
                to++;
            }
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                for (Sql each : statements.subList(from, to)) {
                    each.bind(statement);
                    statement.addBatch();
                }
                int[] changed = statement.executeBatch();
                for (int i = from; i < to; i++) {
                    counts.set(i, changed[i - from]);
                }
            }
            from = to;
        }
        return counts;
    }
}
