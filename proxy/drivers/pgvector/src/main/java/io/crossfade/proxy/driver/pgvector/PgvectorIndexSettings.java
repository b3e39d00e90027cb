package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * The options of driver {@code pgvector}.
 *
 * @param url {@code jdbc:postgresql://host:port/database}, in the place of {@code host}, {@code port} and {@code database}
 * @param host of the server
 * @param port of the server
 * @param database there
 * @param user the role that owns the table, or may read, insert, update and delete its rows
 * @param password of the user; as {@code password_file} in the configuration
 * @param tls whether the connection is encrypted, and how much the server has to prove
 * @param caFile certificates that the server's is checked against
 * @param certFile certificate of the client
 * @param keyFile key of the client's certificate, PKCS-8 in DER or PEM
 * @param schema of the table
 * @param table by default the name of the index
 * @param id column of a document's id: text, varchar, uuid, smallint, integer or bigint
 * @param namespace column of a document's namespace; by default {@code namespace} in a table that is made, none in others
 * @param textColumn of a document's text; empty for none
 * @param metadata column of the metadata, json or jsonb; empty for none
 * @param metadataColumns columns that are a metadata key each, of the same name
 * @param fixed values of columns that all documents of this index have, and no others
 * @param vectors settings of each vector field
 * @param ann the index that a table is made with for each vector column
 * @param m neighbours of a node in the graph, where the table is made
 * @param efConstruction candidates while a node is added, where the table is made
 * @param ef candidates of a search at least. A query's parameter {@code ef} goes before it
 * @param filterIndex whether a table is made with an index of its metadata; null: if applications are known to filter
 * @param poolSize most connections for reads, and as many for writes
 * @param connectTimeout how long a call waits for a connection
 * @param writeTimeout how long the engine lets one transaction that writes last; so long after an unknown outcome it may land
 * @param readTimeout how long the engine lets one statement that reads last
 */
record PgvectorIndexSettings(
        @Nullable String url,
        @Default("localhost") String host,
        @Default("5432") int port,
        @Nullable String database,
        @Nullable String user,
        @Nullable String password,
        @Default("prefer") Tls tls,
        @Nullable Path caFile,
        @Nullable Path certFile,
        @Nullable Path keyFile,
        @Default("public") String schema,
        @Nullable String table,
        @Default("id") String id,
        @Nullable String namespace,
        @Default("text") String textColumn,
        @Default("metadata") String metadata,
        List<String> metadataColumns,
        Map<String, Object> fixed,
        Map<String, VectorColumn> vectors,
        @Default("hnsw") Ann ann,
        @Default("16") int m,
        @Default("64") int efConstruction,
        @Default("100") int ef,
        @Nullable Boolean filterIndex,
        @Default("8") int poolSize,
        @Default("2s") Duration connectTimeout,
        @Default("10s") Duration writeTimeout,
        @Default("30s") Duration readTimeout) {
    /** What PostgreSQL cuts longer names to. */
    private static final int LONGEST_NAME = 63;

    private static final int MOST_PORT = 65_535;
    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(250);
    private static final Duration MOST_TIMEOUT = Duration.ofHours(1);

    /** How the connection is encrypted, by the names of libpq with {@code _} for {@code -}. */
    enum Tls {
        DISABLE,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL
    }

    /** The kind of index that a vector column is made with. */
    enum Ann {
        HNSW,
        NONE
    }

    /**
     * Settings of a vector field.
     *
     * @param column by default {@code embedding} for the field "", and {@code embedding_NAME} for others
     */
    record VectorColumn(@Nullable String column) {}

    PgvectorIndexSettings {
        metadataColumns = List.copyOf(metadataColumns);
        fixed = Map.copyOf(fixed);
        vectors = Map.copyOf(vectors);
        Check check = new Check()
                .that(
                        (url == null) != (database == null),
                        "url",
                        url == null ? "missing" : "beside database",
                        "one of the two")
                .between("port", port, 1, MOST_PORT)
                .notEmpty("host", host)
                .that(
                        caFile != null || (tls != Tls.VERIFY_CA && tls != Tls.VERIFY_FULL),
                        "ca_file",
                        "missing",
                        "a file, for tls " + tls.name().toLowerCase(java.util.Locale.ROOT))
                .that(
                        (certFile == null) == (keyFile == null),
                        "cert_file",
                        "alone",
                        "cert_file and key_file, or none of the two")
                .between("m", m, 2, 100)
                .between("ef_construction", efConstruction, 4, 1000)
                .that(efConstruction >= 2 * m, "ef_construction", efConstruction, ">= 2 * m, which is " + 2 * m)
                .between("ef", ef, 1, 1000)
                .between("pool_size", poolSize, 1, 1000);
        if (url != null) {
            checkUrl(check, url);
        }
        timeout(check, "connect_timeout", connectTimeout);
        timeout(check, "write_timeout", writeTimeout);
        timeout(check, "read_timeout", readTimeout);
        name(check, "schema", schema);
        name(check, "id", id);
        optionalName(check, "table", table);
        optionalName(check, "namespace", namespace);
        optionalName(check, "text_column", textColumn);
        optionalName(check, "metadata", metadata);
        metadataColumns.forEach(column -> name(check, "metadata_columns", column));
        fixed.keySet().forEach(column -> name(check, "fixed", column));
        vectors.forEach((field, vector) -> optionalName(check, "vectors.\"" + field + "\".column", vector.column()));
        check.done();
    }

    /** A URL says where, and nothing that has an option of its own: it is shown, and secrets are not. */
    private static void checkUrl(Check check, String url) {
        int query = url.indexOf('?');
        boolean isSecret = query >= 0 && url.substring(query).matches("(?i).*(password|user|ssl\\w*)=.*");
        String shown = (query < 0 ? url : url.substring(0, query) + "?...").replaceAll("//.*@", "//...@");
        check.that(!isSecret, "url", shown, "no user, password or TLS in it; there are options for them")
                .that(parsed(url) != null, "url", shown, "jdbc:postgresql://HOST:PORT/DATABASE");
    }

    private static @Nullable Properties parsed(String url) {
        boolean isOne = url.startsWith("jdbc:postgresql://")
                && !url.substring("jdbc:postgresql://".length()).contains("@");
        return isOne ? Driver.parseURL(url, null) : null;
    }

    private static void timeout(Check check, String name, Duration timeout) {
        check.that(
                timeout.compareTo(LEAST_TIMEOUT) >= 0 && timeout.compareTo(MOST_TIMEOUT) <= 0,
                name,
                timeout.toMillis() + "ms",
                "250ms to 1h");
    }

    private static void optionalName(Check check, String option, @Nullable String name) {
        if (name != null && !name.isEmpty()) {
            name(check, option, name);
        }
    }

    private static void name(Check check, String option, String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        check.that(
                bytes > 0 && bytes <= LONGEST_NAME && name.indexOf(0) < 0,
                option,
                name.isEmpty() ? "empty" : name,
                "a name of 1 to " + LONGEST_NAME + " bytes");
    }

    static PgvectorIndexSettings of(IndexDefinition definition) {
        PgvectorIndexSettings settings = definition.options(PgvectorIndexSettings.class);
        Check check = new Check();
        name(check, "indexes." + definition.name() + ".table", settings.tableOf(definition.name()));
        settings.vectors
                .keySet()
                .forEach(field -> check.that(
                        definition.vectors().containsKey(field),
                        "indexes." + definition.name() + ".vectors",
                        "\"" + field + "\"",
                        "one of " + definition.vectors().keySet()));
        check.done();
        return settings;
    }

    /** The table of an index of this name. */
    String tableOf(String index) {
        return table == null || table.isEmpty() ? index : table;
    }

    /** The column of a vector field. */
    String columnOf(String field) {
        VectorColumn vector = vectors.get(field);
        String column = vector == null ? null : vector.column();
        if (column != null && !column.isEmpty()) {
            return column;
        }
        return field.isEmpty() ? "embedding" : "embedding_" + field;
    }

    /** The URL of the driver, without user, password and what TLS needs. */
    String jdbcUrl() {
        return url != null ? url : "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    /** Where the database is, for messages and as a name of it: hosts with ports, and the database. */
    String where() {
        Properties parts = parsed(jdbcUrl());
        if (parts == null) {
            return jdbcUrl();
        }
        String[] hosts = String.valueOf(PGProperty.PG_HOST.getOrDefault(parts)).split(",");
        String[] ports = String.valueOf(PGProperty.PG_PORT.getOrDefault(parts)).split(",");
        StringBuilder where = new StringBuilder();
        for (int i = 0; i < hosts.length; i++) {
            where.append(i == 0 ? "" : ",")
                    .append(hosts[i].toLowerCase(java.util.Locale.ROOT))
                    .append(':')
                    .append(ports[Math.min(i, ports.length - 1)]);
        }
        return where + "/" + PGProperty.PG_DBNAME.getOrDefault(parts);
    }

    /** The settings without the password. */
    @Override
    public String toString() {
        return "PgvectorIndexSettings[" + where() + ", schema=" + schema + ", table=" + table + "]";
    }
}
