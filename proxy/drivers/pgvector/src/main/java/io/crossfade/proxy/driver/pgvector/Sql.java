package io.crossfade.proxy.driver.pgvector;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement, or a part of one, that is being put together, with the values of its parameters. Owned by one thread. */
final class Sql {
    private final StringBuilder text = new StringBuilder();
    private final List<@Nullable Object> values = new ArrayList<>();

    /** A value that is an array of texts. */
    record TextArray(List<String> values) {
        TextArray {
            values = List.copyOf(values);
        }
    }

    /** A name of something in the database, quoted. */
    static String name(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    Sql add(String more) {
        text.append(more);
        return this;
    }

    Sql add(Sql more) {
        text.append(more.text);
        values.addAll(more.values);
        return this;
    }

    /** Adds a parameter. */
    Sql value(@Nullable Object value) {
        return value(value, "?");
    }

    /** Adds a parameter within an expression of it. */
    Sql value(@Nullable Object value, String expression) {
        text.append(expression);
        values.add(value);
        return this;
    }

    String text() {
        return text.toString();
    }

    /** Gives the statement its values. */
    void bind(PreparedStatement statement) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            bind(statement, i + 1, values.get(i));
        }
    }

    PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text());
        bind(statement);
        return statement;
    }

    private static void bind(PreparedStatement statement, int position, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(position, Types.OTHER);
        } else if (value instanceof TextArray texts) {
            statement.setArray(
                    position,
                    statement
                            .getConnection()
                            .createArrayOf("text", texts.values().toArray()));
        } else {
            statement.setObject(position, value);
        }
    }
}
