package io.crossfade.proxy.driver.pgvector;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.local.PostgresServer;
import io.crossfade.proxy.time.OwnThreads;
import io.crossfade.proxy.time.Time;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A schema of its own for each test, on the server of {@code engine.address} or on one that is started for all tests of the JVM.
 * It drops the schema when the test is over, and whatever becomes of tests the server is ended.
 */
final class Engine implements BeforeEachCallback, AfterEachCallback {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String GIVEN = System.getProperty("engine.address", "");

    private final List<OwnThreads> threads = new ArrayList<>();
    private final String schema = "test_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
    private @Nullable String address;

    /** The server of all tests of the JVM. */
    private static final class Shared implements AutoCloseable {
        private final PostgresServer server = PostgresServer.alone();

        @Override
        public void close() {
            server.close();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        address = GIVEN.isEmpty() ? shared(context).server.address() : GIVEN;
    }

    private static Shared shared(ExtensionContext context) {
        return requireNonNull(context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(Shared.class, type -> new Shared(), Shared.class));
    }

    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        threads.forEach(OwnThreads::close);
        run("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    }

    String schema() {
        return schema;
    }

    /** The options of an index here. */
    Map<String, Object> options() {
        Map<String, Object> options = new HashMap<>();
        options.put("url", url());
        options.put("user", System.getProperty("engine.user", "postgres"));
        options.put("schema", schema);
        return options;
    }

    String url() {
        return "jdbc:postgresql://" + address + "/" + System.getProperty("engine.database", "postgres");
    }

    /** An index with these options over those of this place. */
    VectorIndex index(IndexDefinition definition, Map<String, Object> more, Time time) {
        Map<String, Object> options = options();
        options.putAll(more);
        IndexDefinition here =
                new IndexDefinition(definition.name(), "pgvector", definition.vectors(), definition.text(), options);
        OwnThreads own = new OwnThreads("test-" + definition.name(), "index " + definition.name(), 8, 1_000);
        threads.add(own);
        return new PgvectorIndexProvider().create(here, new VectorIndexProvider.Context(Path.of("."), own, time));
    }

    /** Of the server and of the extension. */
    String version() {
        try {
            return String.join("", rows(PostgresServer.VERSIONS));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(url(), System.getProperty("engine.user", "postgres"), "");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema + ", public");
        }
        return connection;
    }

    /** Runs statements in the schema, as another user of the database does. */
    void run(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** The rows of a query, each as its columns' texts with {@code |} between them. */
    List<String> rows(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    columns.add(String.valueOf(row.getString(i)));
                }
                rows.add(String.join("|", columns));
            }
        }
        return rows;
    }
}
