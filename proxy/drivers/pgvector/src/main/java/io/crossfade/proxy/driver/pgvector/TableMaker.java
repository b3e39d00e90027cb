package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Space;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes what is missing, and changes nothing that is there. One at a time in a database, whoever makes: else two of them would
 * hinder each other. Owned by the thread of the call.
 */
final class TableMaker {
    private static final int MOST_DIMENSIONS = 16_000;
    private static final int MOST_INDEXED_DIMENSIONS = 2_000;
    private static final int LEAST_OUT_OF_LINE = 1_900;
    private static final long LOCK = 0x63726f737366_6164L;

    private final IndexDefinition definition;
    private final PgvectorIndexSettings settings;
    private final Connection connection;
    private final String schema;

    TableMaker(IndexDefinition definition, PgvectorIndexSettings settings, Connection connection) {
        this.definition = definition;
        this.settings = settings;
        this.connection = connection;
        this.schema = Sql.name(settings.schema());
    }

    /**
     * Makes extension, schema, table and indexes as far as they are missing, and commits.
     *
     * @param keys that applications filter by
     * @return whether the extension was missing
     */
    boolean make(List<FilterKey> keys) throws SQLException {
        lock();
        boolean isExtended = isThere("SELECT 1 FROM pg_extension WHERE extname = ?", "vector");
        if (!isExtended) {
            run("CREATE EXTENSION vector");
        }
        run("SELECT set_config('search_path', (SELECT quote_ident(n.nspname) FROM pg_extension e"
                + " JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'), false)");
        if (!isThere("SELECT 1 FROM pg_namespace WHERE nspname = ?", settings.schema())) {
            run("CREATE SCHEMA " + schema);
        }
        String table = settings.tableOf(definition.name());
        if (!isTable(table)) {
            makeTable(schema + "." + Sql.name(table), keys);
        }
        makeNotes();
        connection.commit();
        return !isExtended;
    }

    /** Makes the table of stamps beside a table, and commits. */
    void makeBeside(Table table) throws SQLException {
        lock();
        String columns = table.keys().stream()
                .map(key -> key.quoted() + " " + key.type()
                        + (key.kind() == KeyColumn.Kind.TEXT ? " COLLATE \"C\"" : "") + " NOT NULL")
                .collect(Collectors.joining(", "));
        run("CREATE TABLE IF NOT EXISTS " + table.beside() + " (" + columns
                + ", version bigint NOT NULL, provenance jsonb, written jsonb, PRIMARY KEY (" + table.keyColumns("")
                + ")) WITH (fillfactor = 80)");
        connection.commit();
    }

    /** Makes the table of notes of all indexes of the schema. */
    void makeNotes() throws SQLException {
        if (isTable(Notes.TABLE)) {
            return; // IF NOT EXISTS needs the right to create, too
        }
        run("CREATE TABLE IF NOT EXISTS " + schema + "." + Notes.TABLE
                + " (relation oid NOT NULL, part text NOT NULL, name text NOT NULL, value text NOT NULL,"
                + " PRIMARY KEY (relation, part, name))");
    }

    void lock() throws SQLException {
        run("SELECT pg_advisory_xact_lock(" + LOCK + ")");
    }

    private void makeTable(String table, List<FilterKey> keys) throws SQLException {
        if (!settings.fixed().isEmpty() || !settings.metadataColumns().isEmpty()) {
            throw new IndexException(
                    IndexException.Kind.MISSING,
                    "index " + definition.name() + ": table " + table
                            + ": none (expected: one, because fixed and metadata_columns are for tables that are there)");
        }
        List<String> columns = new ArrayList<>();
        String namespace = settings.namespace() == null ? "namespace" : settings.namespace();
        String key = Sql.name(settings.id());
        if (!namespace.isEmpty()) {
            columns.add(Sql.name(namespace) + " text COLLATE \"C\" NOT NULL");
            key = Sql.name(namespace) + ", " + key;
        }
        columns.add(Sql.name(settings.id()) + " text COLLATE \"C\" NOT NULL");
        if (!settings.textColumn().isEmpty()) {
            columns.add(Sql.name(settings.textColumn()) + " text");
        }
        if (!settings.metadata().isEmpty()) {
            columns.add(Sql.name(settings.metadata()) + " jsonb NOT NULL DEFAULT '{}'");
        }
        new TreeMap<>(definition.vectors()).forEach((field, space) -> columns.add(vector(field, space)));
        columns.add(Sql.name(Table.VERSION) + " bigint NOT NULL DEFAULT 0");
        columns.add(Sql.name(Table.PROVENANCE) + " jsonb");
        columns.add(Sql.name(Table.WRITTEN) + " jsonb");
        columns.add("PRIMARY KEY (" + key + ")");
        run("CREATE TABLE " + table + " (" + String.join(", ", columns) + ") WITH (fillfactor = " + fillFactor() + ")");
        if (hasFilterIndex(keys) && !settings.metadata().isEmpty()) {
            run("CREATE INDEX ON " + table + " USING gin (" + Sql.name(settings.metadata()) + " jsonb_path_ops)");
        }
        if (settings.ann() == PgvectorIndexSettings.Ann.HNSW) {
            for (String field : new TreeMap<>(definition.vectors()).keySet()) {
                makeIndex(table, field);
            }
        }
    }

    private boolean hasFilterIndex(List<FilterKey> keys) {
        Boolean wanted = settings.filterIndex();
        return wanted == null ? !keys.isEmpty() : wanted;
    }

    /**
     * How much of a page is filled at first. An update of metadata for which its page has room stays there, and no index has to
     * learn of it. Rows of more than 2 KiB have their vectors elsewhere, and are small.
     */
    private int fillFactor() {
        int bytes = definition.vectors().values().stream()
                .mapToInt(space -> space.dimensions() * Float.BYTES)
                .sum();
        return bytes > LEAST_OUT_OF_LINE ? 80 : 50;
    }

    private String vector(String field, Space space) {
        if (space.dimensions() > MOST_DIMENSIONS) {
            throw new IndexException(
                    IndexException.Kind.MISMATCH,
                    "index " + definition.name() + ": space " + space.name() + ": " + space.dimensions()
                            + " dimensions (expected: at most " + MOST_DIMENSIONS + " with pgvector)");
        }
        return Sql.name(settings.columnOf(field)) + " vector(" + space.dimensions() + ")";
    }

    /** With more dimensions pgvector has no exact index; then searches read all rows, which opening the table says. */
    private void makeIndex(String table, String field) throws SQLException {
        Space space = definition.vectors().get(field);
        if (space != null && space.dimensions() <= MOST_INDEXED_DIMENSIONS) {
            run("CREATE INDEX ON " + table + " USING hnsw (" + Sql.name(settings.columnOf(field)) + " "
                    + Catalog.operators(space) + ") WITH (m = " + settings.m() + ", ef_construction = "
                    + settings.efConstruction() + ")");
        }
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private boolean isTable(String name) throws SQLException {
        return isThere(
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?",
                settings.schema(),
                name);
    }

    private boolean isThere(String sql, String... names) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < names.length; i++) {
                statement.setString(i + 1, names[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }
}
