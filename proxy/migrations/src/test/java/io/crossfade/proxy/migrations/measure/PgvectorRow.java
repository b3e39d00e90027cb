package io.crossfade.proxy.migrations.measure;

import com.pgvector.PGvector;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A row of a table that Crossfade has made.
 *
 * @param stamp its last three columns
 */
record PgvectorRow(String namespace, String id, String text, String metadata, PGvector vector, Stamp stamp) {
    static final String COLUMNS = "namespace, id, text, metadata, embedding, _cf_v, _cf_e, _cf_w";

    /** What a statement goes on with that inserts a row. */
    static final String VALUES = " (" + COLUMNS + ") VALUES (?, ?, ?, ?::jsonb, ?::vector, ?, ?::jsonb, ?::jsonb)";

    /** What goes on with the name of the table. */
    static final String SELECT =
            "SELECT namespace, id, text, metadata::text, embedding::text, _cf_v, _cf_e::text," + " _cf_w::text FROM ";

    /** Whatever a migration has kept there. */
    record Stamp(
            long version,
            @Nullable String provenance,
            @Nullable String written) {}

    static PgvectorRow read(ResultSet row) throws SQLException {
        return new PgvectorRow(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                new PGvector(row.getString(5)),
                new Stamp(row.getLong(6), row.getString(7), row.getString(8)));
    }

    /** With this vector. */
    void set(PreparedStatement insert, PGvector other) throws SQLException {
        insert.setString(1, namespace);
        insert.setString(2, id);
        insert.setString(3, text);
        insert.setString(4, metadata);
        insert.setObject(5, other);
        insert.setLong(6, stamp.version());
        insert.setString(7, stamp.provenance());
        insert.setString(8, stamp.written());
    }

    /** As CSV, in which what is not quoted and empty is NULL. */
    String csv() {
        return Stream.of(
                        quoted(namespace),
                        quoted(id),
                        quoted(text),
                        quoted(metadata),
                        quoted(vector.getValue()),
                        String.valueOf(stamp.version()),
                        quoted(stamp.provenance()),
                        quoted(stamp.written()))
                .collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "" : '"' + value.replace("\"", "\"\"") + '"';
    }
}
