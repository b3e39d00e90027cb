package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.FilterKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The metadata columns of a table that come first in an index of its rows. */
final class FilterKeys {
    private static final String COLUMNS = "SELECT DISTINCT a.attname::text FROM pg_index i"
            + " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            + " WHERE i.indrelid = ?::regclass AND i.indisvalid AND i.indpred IS NULL ORDER BY 1";

    private FilterKeys() {}

    static List<FilterKey> of(Table table, Connection connection) throws SQLException {
        List<FilterKey> keys = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, table.quoted());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String indexed = row.getString(1);
                    table.columns().forEach((key, column) -> {
                        if (column.column().equals(indexed)) {
                            kind(column.kind()).ifPresent(kind -> keys.add(new FilterKey(key, kind)));
                        }
                    });
                }
            }
        }
        return keys;
    }

    /** What is given out as the text that it prints as is filtered by as a text. */
    private static Optional<FilterKey.Kind> kind(MetadataColumn.Kind kind) {
        return switch (kind) {
            case TEXT, TEXT_ARRAY, UUID, DATE, TIMESTAMP, TIMESTAMPTZ -> Optional.of(FilterKey.Kind.TEXT);
            case INTEGER -> Optional.of(FilterKey.Kind.INTEGER);
            case FLOAT4, FLOAT8, NUMERIC -> Optional.of(FilterKey.Kind.NUMBER);
            case BOOL -> Optional.of(FilterKey.Kind.BOOL);
            case JSON -> Optional.empty();
        };
    }
}
