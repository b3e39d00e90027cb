package io.crossfade.proxy.demo.existing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.proxy.demo.app.Entry;
import io.crossfade.proxy.demo.check.Holding;
import io.crossfade.proxy.demo.check.Holding.HeldVector;
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

/**
 * A table of PostgreSQL as somebody has it who knows nothing of Crossfade: numbers as ids, a typed column for each metadata key,
 * one column more, an HNSW index. Written and read by the engine's own client.
 */
public final class WordsTable {
    public static final String NAME = "shop.words";

    private static final List<String> COLUMNS =
            List.of("pos", "lexfile", "lemmas", "edition", "revision", "featured", "weight", "added", "origin");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .build();

    private WordsTable() {}

    /** What the configuration of an index says of it. */
    public static String options() {
        return "schema: shop, table: words, id: word, text_column: body, metadata: \"\", metadata_columns: ["
                + String.join(", ", COLUMNS) + "]";
    }

    /** Makes it, with these rows. */
    public static void make(Connection connection, List<Existing> existing)
            throws SQLException, JsonProcessingException {
        create(connection, existing.get(0).vector().length);
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + NAME + " (word, body, " + String.join(", ", COLUMNS)
                        + ", embedding) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::vector)")) {
            for (Existing each : existing) {
                insert(connection, insert, each);
            }
            insert.executeBatch();
        }
    }

    private static void create(Connection connection, int dimensions) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION vector");
            statement.execute("CREATE SCHEMA shop");
            statement.execute("CREATE TABLE " + NAME + " (word bigint PRIMARY KEY, body text NOT NULL,"
                    + " pos varchar(20) NOT NULL, lexfile text NOT NULL, lemmas text[] NOT NULL, edition integer NOT NULL,"
                    + " revision bigint NOT NULL, featured boolean, weight numeric(12,3), added timestamptz, origin jsonb,"
                    + " changed timestamptz NOT NULL DEFAULT now(), embedding vector(" + dimensions + "))");
            statement.execute("CREATE INDEX ON " + NAME + " USING hnsw (embedding vector_cosine_ops)");
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

    /**
     * All of its rows.
     *
     * @param space that the vectors are of, which the engine does not know
     */
    public static List<Holding> contents(Connection connection, String space)
            throws SQLException, JsonProcessingException {
        List<Holding> contents = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT *, embedding::text AS vector FROM " + NAME)) {
            while (row.next()) {
                HeldVector vector = new HeldVector(space, "", vector(row.getString("vector")));
                contents.add(new Holding(
                        row.getString("word"), new Entry(row.getString("body"), metadata(row)), List.of(vector)));
            }
        }
        return contents;
    }

    private static Map<String, Object> metadata(ResultSet row) throws SQLException, JsonProcessingException {
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

    /** A vector as pgvector writes it. */
    public static float[] vector(String text) {
        String[] numbers = text.substring(1, text.length() - 1).split(",", -1);
        float[] values = new float[numbers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.parseFloat(numbers[i]);
        }
        return values;
    }
}
