package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Space;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table as it was found when it was opened, and what is in it by the configuration.
 *
 * @param keys the columns of the key, in the order of the unique index that they have
 * @param text null: documents have no text
 * @param mostText characters that a text has at most; 0 for any number
 * @param metadata null: documents have no metadata but that of columns
 * @param columns the metadata keys that are columns, by name
 * @param vectors the columns of vector fields, by field
 * @param fixed what these columns have in each row of the index, by name
 * @param triggers the names of what may change rows behind a write; what stands is then looked at before it is committed
 * @param stamps where stamps are
 */
record Table(
        String schema,
        String name,
        List<KeyColumn> keys,
        @Nullable String text,
        int mostText,
        @Nullable JsonColumn metadata,
        Map<String, MetadataColumn> columns,
        Map<String, VectorColumn> vectors,
        List<FixedColumn> fixed,
        List<String> triggers,
        Stamps stamps) {
    /** The columns that stamps are in, in a table that this driver has made. */
    static final String VERSION = "_cf_v";

    static final String PROVENANCE = "_cf_e";
    static final String WRITTEN = "_cf_w";

    /** The key of a row, from what the columns of the key hold. */
    Key key(List<String> parts) {
        String namespace = "";
        String id = "";
        for (int i = 0; i < parts.size(); i++) {
            if (keys.get(i).isNamespace()) {
                namespace = parts.get(i);
            } else {
                id = parts.get(i);
            }
        }
        return new Key(namespace, id);
    }

    /** Where stamps are. */
    enum Stamps {
        /** In the table. */
        INSIDE,
        /** In a table beside it, with the same key, so that a table that was there before stays as it is. */
        BESIDE,
        /** Nowhere yet: that table is made with the first stamp. */
        NOWHERE
    }

    /**
     * The column of the metadata.
     *
     * @param isBinary jsonb, and not json
     * @param isNeverNull declared so
     */
    record JsonColumn(String column, boolean isBinary, boolean isNeverNull) {
        String quoted() {
            return Sql.name(column);
        }

        /** What row {@code t} has, as jsonb. */
        String jsonb() {
            return "t." + quoted() + (isBinary ? "" : "::jsonb");
        }

        /** An expression of type jsonb, as the column takes it. */
        String stored(String jsonb) {
            return isBinary ? jsonb : "(" + jsonb + ")::json";
        }
    }

    /** The column of a vector field. */
    record VectorColumn(String column, Space space) {
        String quoted() {
            return Sql.name(column);
        }

        /** The distance of row {@code t}'s vector from the parameter. */
        String distance() {
            String operator = switch (space.metric()) {
                case COSINE -> "<=>";
                case DOT -> "<#>";
                case L2 -> "<->";
            };
            return "(t." + quoted() + " " + operator + " ?::vector)";
        }

        /** The score by the metric's formula; a zero vector is at a right angle to all. */
        double score(double distance) {
            return switch (space.metric()) {
                case COSINE -> Double.isNaN(distance) ? 0 : 1 - distance;
                case DOT, L2 -> 0 - distance;
            };
        }
    }

    /** A column that has one value in all rows of the index. */
    record FixedColumn(String column, String type, String value) {
        String quoted() {
            return Sql.name(column);
        }

        String parameter() {
            return "?::text::" + type;
        }
    }

    /** The table, quoted. */
    String quoted() {
        return Sql.name(schema) + "." + Sql.name(name);
    }

    /** The name of the table of stamps beside a table of this name. */
    static String besideOf(String table) {
        return table + "_cf";
    }

    /** The table of stamps, quoted. */
    String beside() {
        return Sql.name(schema) + "." + Sql.name(besideOf(name));
    }

    /** The same table, once there is one for stamps beside it. */
    Table withStampsBeside() {
        return with(triggers, Stamps.BESIDE);
    }

    /** The same table, with these triggers. */
    Table withTriggers(List<String> names) {
        return with(names, stamps);
    }

    private Table with(List<String> names, Stamps place) {
        return new Table(schema, name, keys, text, mostText, metadata, columns, vectors, fixed, names, place);
    }

    boolean hasNamespace() {
        return keys.stream().anyMatch(KeyColumn::isNamespace);
    }

    /** The columns of the key, quoted, each after a prefix. */
    String keyColumns(String prefix) {
        return keys.stream().map(key -> prefix + key.quoted()).collect(Collectors.joining(", "));
    }

    /** Adds that row {@code t} is one of the index, to a condition that has been begun. */
    void addFixed(Sql sql) {
        fixed.forEach(column -> sql.add(" AND t." + column.quoted() + " = ").value(column.value(), column.parameter()));
    }

    /** The table with the stamps of its rows: {@code t}, and {@code s} where they are beside it. */
    String joined() {
        return quoted() + " t" + joinedStamps();
    }

    /** What follows {@code t}. */
    String joinedStamps() {
        if (stamps != Stamps.BESIDE) {
            return "";
        }
        return " LEFT JOIN " + beside() + " s ON "
                + keys.stream()
                        .map(key -> "s." + key.quoted() + " = t." + key.quoted())
                        .collect(Collectors.joining(" AND "));
    }
}
