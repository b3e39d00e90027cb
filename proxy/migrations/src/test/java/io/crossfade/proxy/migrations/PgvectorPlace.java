package io.crossfade.proxy.migrations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.proxy.demo.app.Entry;
import io.crossfade.proxy.demo.check.Holding;
import io.crossfade.proxy.demo.check.Holding.HeldVector;
import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.local.PostgresServer;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A table on a PostgreSQL server of its own. */
final class PgvectorPlace implements Place.OnServer {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .build();
    private static final List<String> COLUMNS =
            List.of("pos", "lexfile", "lemmas", "edition", "revision", "featured", "weight", "added", "origin");
    private static final String OURS = "shop.words";
    private static final String MADE = "crossfade.words";

    private final PostgresServer server = PostgresServer.alone();
    private boolean filled;

    @Override
    public String options() {
        String common = "driver: pgvector, url: \"jdbc:postgresql://" + server.address()
                + "/postgres\", user: postgres, table: words, write_timeout: 6s, ";
        return common
                + (filled
                        ? "schema: shop, id: word, text_column: body, metadata: \"\", metadata_columns: ["
                                + String.join(", ", COLUMNS) + "]"
                        : "schema: crossfade");
    }

    @Override
    public void fill(List<Existing> existing) throws SQLException, JsonProcessingException {
        filled = true;
        try (Connection connection = server.connect()) {
            make(connection, existing.get(0).vector().length);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + OURS + " (word, body, "
                    + String.join(", ", COLUMNS)
                    + ", embedding) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::vector)")) {
                for (Existing each : existing) {
                    insert(connection, insert, each);
                }
                insert.executeBatch();
            }
        }
    }

    private static void make(Connection connection, int dimensions) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION vector");
            statement.execute("CREATE SCHEMA shop");
            statement.execute("CREATE TABLE " + OURS + " (word bigint PRIMARY KEY, body text NOT NULL,"
                    + " pos varchar(20) NOT NULL, lexfile text NOT NULL, lemmas text[] NOT NULL, edition integer NOT NULL,"
                    + " revision bigint NOT NULL, featured boolean, weight numeric(12,3), added timestamptz, origin jsonb,"
                    + " changed timestamptz NOT NULL DEFAULT now(), embedding vector(" + dimensions + "))");
            statement.execute("CREATE INDEX ON " + OURS + " USING hnsw (embedding vector_cosine_ops)");
        }
    }

    private static void insert(Connection connection, PreparedStatement insert, Existing each)
            throws SQLException, JsonProcessingException {
        insert.setLong(1, Long.parseLong(each.id()));
        insert.setString(2, each.entry().text());
        insert.setString(3, (String) each.get("pos"));
        insert.setString(4, (String) each.get("lexfile"));
        insert.setArray(5, connection.createArrayOf("text", ((List<?>) each.get("lemmas")).toArray()));
        insert.setInt(6, ((Long) each.get("edition")).intValue());
        insert.setLong(7, (Long) each.get("revision"));
        insert.setObject(8, each.entry().metadata().get("featured"), Types.BOOLEAN);
        insert.setObject(9, each.entry().metadata().get("weight"), Types.NUMERIC);
        insert.setObject(10, OffsetDateTime.parse((String) each.get("added")));
        insert.setString(11, JSON.writeValueAsString(each.get("origin")));
        insert.setString(12, Arrays.toString(each.vector()));
        insert.addBatch();
    }

    @Override
    public Index look(String name, boolean serves, String space) throws SQLException, JsonProcessingException {
        // Which space a vector is of, the engine does not know; that it is made of its text is looked at.
        return new Index(name, serves, space, "", false, contents(space));
    }

    private List<Holding> contents(String space) throws SQLException, JsonProcessingException {
        List<Holding> contents = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        filled
                                ? "SELECT word AS id, body AS text, *, embedding::text AS vector FROM " + OURS
                                : "SELECT id, text, metadata::text AS metadata, embedding::text AS vector FROM "
                                        + MADE)) {
            while (row.next()) {
                Entry entry = new Entry(row.getString("text"), filled ? ofColumns(row) : ofJson(row));
                HeldVector vector = new HeldVector(space, "", vector(row.getString("vector")));
                contents.add(new Holding(row.getString("id"), entry, List.of(vector)));
            }
        }
        return contents;
    }

    private static Map<String, Object> ofJson(ResultSet row) throws SQLException, JsonProcessingException {
        return JSON.readValue(row.getString("metadata"), new TypeReference<>() {});
    }

    private static Map<String, Object> ofColumns(ResultSet row) throws SQLException, JsonProcessingException {
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (String column : COLUMNS) {
            Object value = row.getObject(column);
            if (value != null) {
                metadata.put(column, value(row, column, value));
            }
        }
        return metadata;
    }

    private static Object value(ResultSet row, String column, Object value)
            throws SQLException, JsonProcessingException {
        return switch (column) {
            case "lemmas" -> List.of((String[]) row.getArray(column).getArray());
            case "edition" -> row.getLong(column);
            case "weight" -> ((BigDecimal) value).doubleValue();
            case "added" -> text(row.getObject(column, OffsetDateTime.class));
            case "origin" -> JSON.readValue(row.getString(column), new TypeReference<Map<String, Object>>() {});
            default -> value;
        };
    }

    /** As PostgreSQL shows it at UTC. */
    private static String text(OffsetDateTime time) {
        return time.toLocalDateTime().toString().replaceFirst("(\\.\\d*?)0+$", "$1") + "+00:00";
    }

    private static float[] vector(String text) {
        String[] numbers = text.substring(1, text.length() - 1).split(",", -1);
        float[] values = new float[numbers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(numbers[i]);
        }
        return values;
    }

    @Override
    public long stamped() throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        filled
                                ? "SELECT count(*) FROM " + OURS + "_cf"
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
                        filled ? "DELETE FROM " + OURS + " WHERE word = ?" : "DELETE FROM " + MADE + " WHERE id = ?")) {
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
