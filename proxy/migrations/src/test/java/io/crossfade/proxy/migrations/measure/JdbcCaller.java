package io.crossfade.proxy.migrations.measure;

import com.pgvector.PGvector;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A connection to PostgreSQL. Each call is a transaction; searches are set as the driver sets them. */
final class JdbcCaller implements Caller {
    private final Connection connection;
    private final List<PgvectorRow> rows;
    private final PreparedStatement upsert;
    private final PreparedStatement search;

    JdbcCaller(Connection connection, String table, List<PgvectorRow> rows) throws SQLException {
        this.connection = connection;
        this.rows = rows;
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET hnsw.ef_search = 100");
            statement.execute("SET hnsw.iterative_scan = strict_order");
        }
        upsert = connection.prepareStatement("INSERT INTO " + table + PgvectorRow.VALUES
                + " ON CONFLICT (namespace, id) DO UPDATE SET text = excluded.text, metadata = excluded.metadata,"
                + " embedding = excluded.embedding");
        search = connection.prepareStatement("SELECT id, metadata, embedding <=> ?::vector FROM " + table
                + " ORDER BY embedding <=> ?::vector LIMIT " + HITS);
    }

    @Override
    public void write(int document, float[] vector) throws SQLException {
        rows.get(document).set(upsert, new PGvector(vector));
        if (upsert.executeUpdate() != 1) {
            throw new SQLException("no row was written (expected: one)");
        }
    }

    @Override
    public void query(float[] vector) throws SQLException {
        PGvector nearest = new PGvector(vector);
        search.setObject(1, nearest);
        search.setObject(2, nearest);
        int hits = 0;
        try (ResultSet row = search.executeQuery()) {
            while (row.next() && !row.getString(2).isEmpty()) {
                hits++;
            }
        }
        Caller.requireHits(hits);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
