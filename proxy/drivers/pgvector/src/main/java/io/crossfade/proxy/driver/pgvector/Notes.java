package io.crossfade.proxy.driver.pgvector;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The notes on an index: rows of one table of the schema. They belong to the table that has this object id, so a table that was
 * dropped and made again, or restored from a dump, has none.
 */
final class Notes {
    static final String TABLE = "crossfade_attributes";

    private final Table table;
    private final String notes;

    Notes(Table table) {
        this.table = table;
        this.notes = Sql.name(table.schema()) + "." + TABLE;
    }

    /** Whether there is a table for notes. */
    boolean isThere(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?)::text")) {
            statement.setString(1, notes);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getString(1) != null;
            }
        }
    }

    Map<String, String> read(Connection connection) throws SQLException {
        Map<String, String> all = new HashMap<>();
        Sql sql = new Sql().add("SELECT name, value FROM " + notes + " WHERE ");
        addIndex(sql);
        try (PreparedStatement statement = sql.prepare(connection);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                all.put(row.getString(1), row.getString(2));
            }
        }
        return all;
    }

    /** Sets a note; "" removes it. The transaction is the caller's. */
    void set(Connection connection, String name, String value) throws SQLException {
        Sql sql = new Sql();
        if (value.isEmpty()) {
            sql.add("DELETE FROM " + notes + " WHERE ");
            addIndex(sql);
            sql.add(" AND name = ").value(name);
        } else {
            sql.add("INSERT INTO " + notes + " (relation, part, name, value) VALUES (")
                    .value(table.quoted(), "?::text::regclass::oid")
                    .value(part(), ", ?")
                    .value(name, ", ?")
                    .value(value, ", ?")
                    .add(") ON CONFLICT (relation, part, name) DO UPDATE SET value = excluded.value");
        }
        try (PreparedStatement statement = sql.prepare(connection)) {
            statement.executeUpdate();
        }
    }

    private void addIndex(Sql sql) {
        sql.add("relation = ")
                .value(table.quoted(), "?::text::regclass::oid")
                .add(" AND part = ")
                .value(part());
    }

    /** Which of the indexes that share the table: by the fixed columns. */
    private String part() {
        return table.fixed().stream()
                .map(fixed -> fixed.column() + "=" + fixed.value())
                .collect(Collectors.joining(", "));
    }
}
