package io.crossfade.proxy.migrations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.proxy.demo.app.Entry;
import io.crossfade.proxy.demo.check.Holding;
import io.crossfade.proxy.demo.check.Holding.HeldVector;
import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.existing.Existing;
import io.crossfade.proxy.demo.existing.WordsTable;
import io.crossfade.proxy.local.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A table on a PostgreSQL server of its own: one that was there, or one that Crossfade makes. */
public final class PgvectorPlace implements Place.OnServer {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .build();
    private static final String MADE = "crossfade.words";

    private final PostgresServer server = PostgresServer.alone();
    private boolean filled;

    @Override
    public String options() {
        return "driver: pgvector, url: \"jdbc:postgresql://" + server.address()
                + "/postgres\", user: postgres, write_timeout: 6s, "
                + (filled ? WordsTable.options() : "schema: crossfade, table: words");
    }

    @Override
    public void fill(List<Existing> existing) throws SQLException, JsonProcessingException {
        filled = true;
        try (Connection connection = server.connect()) {
            WordsTable.make(connection, existing);
        }
    }

    @Override
    public Index look(String name, boolean serves, String space) throws SQLException, JsonProcessingException {
        // Which space a vector is of, the engine does not know; that it is made of its text is looked at.
        try (Connection connection = server.connect()) {
            List<Holding> contents = filled ? WordsTable.contents(connection, space) : made(connection, space);
            return new Index(name, serves, space, "", false, contents);
        }
    }

    private static List<Holding> made(Connection connection, String space)
            throws SQLException, JsonProcessingException {
        List<Holding> contents = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, text, metadata::text AS metadata, embedding::text AS vector FROM " + MADE)) {
            while (row.next()) {
                Entry entry = new Entry(
                        row.getString("text"), JSON.readValue(row.getString("metadata"), new TypeReference<>() {}));
                HeldVector vector = new HeldVector(space, "", WordsTable.vector(row.getString("vector")));
                contents.add(new Holding(row.getString("id"), entry, List.of(vector)));
            }
        }
        return contents;
    }

    @Override
    public long stamped() throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        filled
                                ? "SELECT count(*) FROM " + WordsTable.NAME + "_cf"
                                : "SELECT count(*) FROM " + MADE
                                        + " WHERE _cf_v <> 0 OR _cf_e IS NOT NULL OR _cf_w IS NOT NULL")) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void remove(String id) throws SQLException {
        try (Connection connection = server.connect();
                PreparedStatement delete = connection.prepareStatement(
                        filled
                                ? "DELETE FROM " + WordsTable.NAME + " WHERE word = ?"
                                : "DELETE FROM " + MADE + " WHERE id = ?")) {
            if (filled) {
                delete.setLong(1, Long.parseLong(id));
            } else {
                delete.setString(1, id);
            }
            if (delete.executeUpdate() != 1) {
                throw new IllegalStateException(id + ": no row (expected: one)");
            }
        }
    }

    @Override
    public void freeze() {
        server.freeze();
    }

    @Override
    public void thaw() {
        server.thaw();
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void start() {
        server.start();
    }

    @Override
    public void close() {
        server.close();
    }
}
