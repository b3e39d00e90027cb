package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Space;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the server and the table, and says by name what the driver cannot work with. Changes nothing. Owned by the thread of
 * the call.
 */
final class Catalog {
    private static final Logger LOG = LoggerFactory.getLogger(Catalog.class);
    private static final int LEAST_SERVER = 130_000;
    private static final List<Integer> LEAST_PGVECTOR = List.of(0, 8, 0);

    /** Those before leave rows out of searches after some deletions. */
    private static final List<Integer> SOUND_PGVECTOR = List.of(0, 8, 4);

    private final IndexDefinition definition;
    private final PgvectorIndexSettings settings;
    private final Connection connection;
    private final String table;

    Catalog(IndexDefinition definition, PgvectorIndexSettings settings, Connection connection) {
        this.definition = definition;
        this.settings = settings;
        this.connection = connection;
        this.table = settings.tableOf(definition.name());
    }

    /** A column of the table. */
    private record Column(
            String name,
            String typeName,
            String type,
            String unlimitedType,
            int modifier,
            boolean isNotNull,
            boolean isGenerated,
            boolean hasDefault,
            boolean isOrderly) {}

    /** The table, as it has to be. Fails with {@code MISSING} or {@code MISMATCH}. */
    Table inspect() throws SQLException {
        checkServer();
        checkExtension();
        Table found = shape();
        checkVectors(found);
        return found;
    }

    /** The same, of the table alone, and without a look at its rows. */
    Table shape() throws SQLException {
        checkTable();
        Map<String, Column> columns = columns();
        boolean isInside = columns.containsKey(Table.VERSION)
                && columns.containsKey(Table.PROVENANCE)
                && columns.containsKey(Table.WRITTEN);
        String namespace = settings.namespace() == null ? (isInside ? "namespace" : "") : settings.namespace();
        List<KeyColumn> keys = keys(columns, namespace);
        String text = optional(columns, "text_column", settings.textColumn(), Set.of("text", "varchar"));
        String metadata = optional(columns, "metadata", settings.metadata(), Set.of("json", "jsonb"));
        Table found = new Table(
                settings.schema(),
                table,
                keys,
                text,
                text == null
                        ? 0
                        : Texts.most(column(columns, "text_column", text).modifier()),
                metadata == null ? null : json(column(columns, "metadata", metadata)),
                metadataColumns(columns),
                vectors(columns),
                fixed(columns),
                triggers(),
                isInside ? Table.Stamps.INSIDE : hasBeside() ? Table.Stamps.BESIDE : Table.Stamps.NOWHERE);
        refuseUnfilled(columns, found);
        return found;
    }

    private IndexException mismatch(String what, Object value, String expected) {
        return new IndexException(
                IndexException.Kind.MISMATCH,
                "index " + definition.name() + ": " + what + ": " + value + " (expected: " + expected + ")");
    }

    private void checkServer() throws SQLException {
        String sql = "SELECT current_setting('server_version_num')::int, current_setting('server_version'),"
                + " current_setting('server_encoding'), current_setting('fsync'), pg_is_in_recovery()";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            require(row.getInt(1) >= LEAST_SERVER, "server_version", row.getString(2), "13 or newer");
            require(row.getString(3).equals("UTF8"), "server_encoding", row.getString(3), "UTF8");
            require(
                    row.getString(4).equals("on"),
                    "fsync",
                    row.getString(4),
                    "on: else what is acknowledged can be lost");
            require(!row.getBoolean(5), "server", "in recovery", "a primary");
        }
    }

    private void require(boolean holds, String what, String value, String expected) {
        if (!holds) {
            throw mismatch(what, value, expected);
        }
    }

    private void checkExtension() throws SQLException {
        String version = text("SELECT extversion FROM pg_extension WHERE extname = 'vector'");
        if (version == null) {
            throw new IndexException(
                    IndexException.Kind.MISSING,
                    "index " + definition.name() + ": extension vector: none in " + settings.where()
                            + " (expected: CREATE EXTENSION vector)");
        }
        require(isAtLeast(version, LEAST_PGVECTOR), "extension vector", version, "0.8.0 or newer");
        if (!isAtLeast(version, SOUND_PGVECTOR)) {
            LOG.warn(
                    "index {}: extension vector {} (expected: 0.8.4 or newer: its indexes may lose rows)",
                    definition.name(),
                    version);
        }
    }

    private static boolean isAtLeast(String version, List<Integer> least) {
        String[] parts = version.split("[^0-9]+");
        for (int i = 0; i < least.size(); i++) {
            int part = i < parts.length && !parts[i].isEmpty() ? Integer.parseInt(parts[i]) : 0;
            if (part != least.get(i)) {
                return part > least.get(i);
            }
        }
        return true;
    }

    private @Nullable String text(String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    private String shown() {
        return settings.schema() + "." + table;
    }

    private void checkTable() throws SQLException {
        String sql = "SELECT c.relkind::text, c.relpersistence::text, row_security_active(c.oid),"
                + " (SELECT min(p.oid::regclass::text) FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid"
                + " WHERE p.relpersistence <> 'p'), c.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid),"
                + " (SELECT string_agg(i.inhrelid::regclass::text, ', ') FROM pg_inherits i WHERE i.inhparent = c.oid),"
                + " (SELECT min(r.rulename) FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN')"
                + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, settings.schema());
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new IndexException(
                            IndexException.Kind.MISSING,
                            "index " + definition.name() + ": table " + shown() + ": none in " + settings.where()
                                    + " (expected: one)");
                }
                String kind = row.getString(1);
                require(kind.equals("r") || kind.equals("p"), shown(), kind(kind), "a table");
                require(row.getString(2).equals("p"), shown(), "unlogged", "a table that survives a crash");
                String lossy = row.getString(4);
                require(lossy == null, "partition " + lossy, "unlogged", "one that survives a crash");
                require(!row.getBoolean(3), shown(), "row security for this user", "all rows: BYPASSRLS, or the owner");
                String heirs = "tables inherit from it: " + row.getString(6);
                require(!row.getBoolean(5), shown(), heirs, "none, for they may have rows with the same ids");
                String rule = row.getString(7);
                require(rule == null, shown(), "rule " + rule, "no rules: what is written may not stand");
            }
        }
    }

    private static String kind(String relkind) {
        return switch (relkind) {
            case "v" -> "a view";
            case "m" -> "a materialized view";
            case "f" -> "a foreign table";
            case "S" -> "a sequence";
            case "i", "I" -> "an index";
            case "c" -> "a type";
            default -> "of kind " + relkind;
        };
    }

    /** What may change rows when others are written, by name: triggers of the table and of its partitions. */
    List<String> triggers() throws SQLException {
        String sql = "SELECT ARRAY(SELECT DISTINCT g.tgname::text FROM pg_trigger g JOIN pg_class c ON TRUE"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?"
                + " AND (g.tgrelid = c.oid OR g.tgrelid IN (SELECT relid FROM pg_partition_tree(c.oid)))"
                + " AND NOT g.tgisinternal AND g.tgenabled IN ('O', 'A') ORDER BY 1)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, settings.schema());
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return List.of((String[]) row.getArray(1).getArray());
            }
        }
    }

    private Map<String, Column> columns() throws SQLException {
        String sql =
                "SELECT a.attname, y.typname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, NULL), a.atttypmod, a.attnotnull,"
                        + " a.attgenerated <> '', a.atthasdef OR a.attidentity <> '',"
                        + " COALESCE((SELECT l.collisdeterministic FROM pg_collation l WHERE l.oid = a.attcollation), TRUE)"
                        + " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " JOIN pg_type y ON y.oid = a.atttypid"
                        + " WHERE n.nspname = ? AND c.relname = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
        Map<String, Column> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, settings.schema());
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Column column = new Column(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getInt(5),
                            row.getBoolean(6),
                            row.getBoolean(7),
                            row.getBoolean(8),
                            row.getBoolean(9));
                    columns.put(column.name(), column);
                }
            }
        }
        return columns;
    }

    private Column column(Map<String, Column> columns, String option, String name) {
        Column column = columns.get(name);
        if (column == null) {
            throw mismatch("column " + name + " of " + shown(), "none", "one, or another name in the option " + option);
        }
        return column;
    }

    private @Nullable String optional(Map<String, Column> columns, String option, String name, Set<String> types) {
        if (name.isEmpty()) {
            return null;
        }
        if (!columns.containsKey(name)) {
            throw mismatch(
                    "column " + name + " of " + shown(),
                    "none",
                    "one, or another name or \"\" in the option " + option);
        }
        Column column = column(columns, option, name);
        require(types.contains(column.typeName()), "column " + name, column.type(), "one of " + types);
        refuseGenerated(column);
        return name;
    }

    private void refuseGenerated(Column column) {
        require(!column.isGenerated(), "column " + column.name(), "generated", "one that can be written: leave it out");
    }

    private static Table.JsonColumn json(Column column) {
        return new Table.JsonColumn(column.name(), column.typeName().equals("jsonb"), column.isNotNull());
    }

    // ---- The key

    private List<KeyColumn> keys(Map<String, Column> columns, String namespace) throws SQLException {
        Map<String, KeyColumn> wanted = new TreeMap<>();
        wanted.put(settings.id(), key(column(columns, "id", settings.id()), false));
        if (!namespace.isEmpty()) {
            wanted.put(namespace, key(column(columns, "namespace", namespace), true));
        }
        for (List<String> unique : uniqueIndexes()) {
            if (unique.size() == wanted.size() && wanted.keySet().equals(new HashSet<>(unique))) {
                return unique.stream().map(wanted::get).toList();
            }
        }
        String partitioned = text(
                "SELECT pg_get_partkeydef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'p'",
                settings.schema(),
                table);
        if (partitioned != null) {
            throw mismatch(
                    "key of " + shown(),
                    "partitioned by " + partitioned + ", and no unique index of " + wanted.keySet(),
                    "partitions by these columns alone, or one partition as the table");
        }
        throw mismatch(
                "key of " + shown(),
                "no unique index of " + wanted.keySet(),
                "CREATE UNIQUE INDEX ON " + shown() + " (" + String.join(", ", wanted.keySet()) + ")");
    }

    private KeyColumn key(Column column, boolean isNamespace) {
        KeyColumn.Kind kind = KeyColumn.kindOf(column.typeName());
        String name = "column " + column.name();
        if (kind == null) {
            throw mismatch(name, column.type(), "text, varchar, uuid, smallint, integer or bigint");
        }
        require(column.isNotNull(), name, "may be NULL", "NOT NULL");
        require(column.isOrderly(), name, "a collation that is not deterministic", "one that is");
        refuseGenerated(column);
        int most = kind == KeyColumn.Kind.TEXT ? Texts.most(column.modifier()) : 0;
        return new KeyColumn(column.name(), isNamespace, kind, column.type(), most);
    }

    private List<List<String>> uniqueIndexes() throws SQLException {
        String sql = "SELECT ARRAY(SELECT a.attname::text FROM unnest(i.indkey::smallint[]) WITH ORDINALITY k(num, pos)"
                + " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num"
                + " WHERE k.pos <= i.indnkeyatts ORDER BY k.pos) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ? AND i.indisunique"
                + " AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL"
                + " ORDER BY i.indisprimary DESC, i.indexrelid";
        List<List<String>> indexes = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, settings.schema());
            statement.setString(2, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    indexes.add(List.of((String[]) row.getArray(1).getArray()));
                }
            }
        }
        return indexes;
    }

    // ---- Content

    private Map<String, MetadataColumn> metadataColumns(Map<String, Column> columns) {
        Map<String, MetadataColumn> found = new LinkedHashMap<>();
        for (String name : settings.metadataColumns()) {
            Column column = column(columns, "metadata_columns", name);
            refuseGenerated(column);
            MetadataColumn metadata = MetadataColumn.of(name, column.typeName(), column.type(), column.modifier());
            if (metadata == null) {
                throw mismatch(
                        "column " + name,
                        column.type(),
                        "text, varchar, smallint, integer, bigint, boolean, real, double precision, numeric of at most 15 digits,"
                                + " timestamp, timestamptz, date, uuid, text[], json or jsonb; or leave it out");
            }
            found.put(name, metadata);
        }
        return found;
    }

    private Map<String, Table.VectorColumn> vectors(Map<String, Column> columns) {
        Map<String, Table.VectorColumn> found = new TreeMap<>();
        definition.vectors().forEach((field, space) -> {
            Column column = column(columns, "vectors", settings.columnOf(field));
            String name = "column " + column.name();
            require(column.typeName().equals("vector"), name, column.type(), "vector(" + space.dimensions() + ")");
            require(
                    column.modifier() < 0 || column.modifier() == space.dimensions(),
                    name,
                    column.type(),
                    "vector(" + space.dimensions() + ") for space " + space.name());
            refuseGenerated(column);
            found.put(field, new Table.VectorColumn(column.name(), space));
        });
        return found;
    }

    private List<Table.FixedColumn> fixed(Map<String, Column> columns) {
        List<Table.FixedColumn> fixed = new ArrayList<>();
        new TreeMap<>(settings.fixed()).forEach((name, value) -> {
            Column column = column(columns, "fixed", name);
            refuseGenerated(column);
            fixed.add(new Table.FixedColumn(name, column.unlimitedType(), String.valueOf(value)));
        });
        return fixed;
    }

    /** A new row has nothing for a column that the index does not know. */
    private void refuseUnfilled(Map<String, Column> columns, Table found) {
        Set<String> known = new HashSet<>(found.columns().keySet());
        found.keys().forEach(key -> known.add(key.column()));
        found.vectors().values().forEach(vector -> known.add(vector.column()));
        found.fixed().forEach(fixed -> known.add(fixed.column()));
        known.add(settings.textColumn());
        known.add(settings.metadata());
        for (Column column : columns.values()) {
            require(
                    known.contains(column.name()) || !column.isNotNull() || column.hasDefault() || column.isGenerated(),
                    "column " + column.name(),
                    "NOT NULL without a default, and not in the configuration",
                    "a default, or a place in metadata_columns or fixed");
        }
    }

    private boolean hasBeside() throws SQLException {
        return text(
                        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                                + " WHERE n.nspname = ? AND c.relname = ? AND c.relkind = 'r'",
                        settings.schema(),
                        Table.besideOf(table))
                != null;
    }

    /** Whether rows have the dimensions that a column without any does not say, and whether an index serves the metric. */
    private void checkVectors(Table found) throws SQLException {
        for (Table.VectorColumn vector : found.vectors().values()) {
            Space space = vector.space();
            String dimensions = text("SELECT vector_dims(" + vector.quoted() + ") FROM " + found.quoted() + " WHERE "
                    + vector.quoted() + " IS NOT NULL LIMIT 1");
            require(
                    dimensions == null || dimensions.equals(String.valueOf(space.dimensions())),
                    "column " + vector.column(),
                    dimensions + " dimensions in a row",
                    space.dimensions() + " for space " + space.name());
            if (!hasIndex(vector)) {
                LOG.warn(
                        "index {}: column {}: no index for metric {} (expected: USING hnsw ({} {})); each search reads all rows",
                        definition.name(),
                        vector.column(),
                        space.metric().name().toLowerCase(java.util.Locale.ROOT),
                        vector.column(),
                        operators(space));
            }
        }
    }

    /** The operators that an index has to have for the metric of the space. */
    static String operators(Space space) {
        return switch (space.metric()) {
            case COSINE -> "vector_cosine_ops";
            case DOT -> "vector_ip_ops";
            case L2 -> "vector_l2_ops";
        };
    }

    private boolean hasIndex(Table.VectorColumn vector) throws SQLException {
        return text(
                        "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
                                + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                                + " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
                                + " JOIN pg_opclass o ON o.oid = i.indclass[0]"
                                + " WHERE n.nspname = ? AND c.relname = ? AND a.attname = ? AND o.opcname = ? AND i.indisvalid",
                        settings.schema(),
                        table,
                        vector.column(),
                        operators(vector.space()))
                != null;
    }
}
