package io.crossfade.proxy.migrations.measure;

import io.crossfade.proxy.local.PostgresServer;
import io.crossfade.proxy.migrations.PgvectorPlace;
import io.crossfade.proxy.migrations.Place;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** PostgreSQL with pgvector, and JDBC. */
final class PgvectorEngine implements Engine {
    private final Settings settings;
    private final PostgresServer server = PostgresServer.alone();

    PgvectorEngine(Settings settings) {
        this.settings = settings;
    }

    @Override
    public String name() throws SQLException {
        return "PostgreSQL " + value("SELECT split_part(current_setting('server_version'), ' ', 1)") + ", pgvector "
                + value("SELECT extversion FROM pg_extension WHERE extname = 'vector'");
    }

    @Override
    public boolean isTestDouble() {
        return false;
    }

    @Override
    public Place.OnServer another() {
        return new PgvectorPlace();
    }

    @Override
    public String options(String index) {
        return "driver: pgvector, url: \"jdbc:postgresql://" + server.address()
                + "/postgres\", user: postgres, schema: crossfade, table: " + index + ", write_timeout: 6s";
    }

    private static String table(String index) {
        return "crossfade." + index;
    }

    /** Many rows of a batch in one statement, as who loads many would have it. */
    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + server.address() + "/postgres?reWriteBatchedInserts=true", "postgres", "");
    }

    private void run(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private String value(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    /** What autovacuum does within a minute or so, too: before, the planner may not use the vector index. */
    @Override
    public void settle() throws SQLException {
        run("VACUUM ANALYZE", "CHECKPOINT");
    }

    @Override
    public void drop(String index) throws SQLException {
        run("DROP TABLE IF EXISTS " + table(index));
    }

    @Override
    public Contents read(String index) throws SQLException {
        List<PgvectorRow> rows = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(PgvectorRow.SELECT + table(index))) {
            while (row.next()) {
                rows.add(PgvectorRow.read(row));
            }
        }
        return new Rows(index, rows);
    }

    @Override
    public void close() {
        server.close();
    }

    private final class Rows implements Contents {
        private final String original;
        private final List<PgvectorRow> rows;

        Rows(String original, List<PgvectorRow> rows) {
            this.original = original;
            this.rows = rows;
        }

        /** With the same columns, indexes and room in its pages. */
        @Override
        public void make(String index) throws SQLException {
            String options = value("SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = '"
                    + table(original) + "'::regclass");
            run(
                    "DROP TABLE IF EXISTS " + table(index),
                    "CREATE TABLE " + table(index) + " (LIKE " + table(original) + " INCLUDING ALL) WITH (" + options
                            + ")");
        }

        @Override
        public Map<String, Way> ways() {
            Map<String, Way> ways = new LinkedHashMap<>();
            ways.put(
                    "JDBC, INSERT in batches of " + settings.batch() + ", " + settings.inFlight() + " connections",
                    this::insert);
            ways.put("COPY, 1 connection", copy());
            return ways;
        }

        private void insert(String index) throws Exception {
            Batches.write(rows, settings, () -> new Inserter(connect(), table(index)));
        }

        /** What is copied is made before the clock runs. */
        private Way copy() {
            String csv = rows.stream().map(PgvectorRow::csv).collect(Collectors.joining());
            return index -> {
                try (Connection connection = connect()) {
                    connection
                            .unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyIn(
                                    "COPY " + table(index) + " (" + PgvectorRow.COLUMNS + ") FROM STDIN (FORMAT csv)",
                                    new StringReader(csv));
                }
            };
        }

        @Override
        public Caller caller(String index) throws SQLException {
            return new JdbcCaller(connect(), table(index), rows);
        }
    }

    /** Each batch is a transaction. */
    private static final class Inserter implements Batches.Writer<PgvectorRow> {
        private final Connection connection;
        private final PreparedStatement insert;

        Inserter(Connection connection, String table) throws SQLException {
            this.connection = connection;
            connection.setAutoCommit(false);
            insert = connection.prepareStatement("INSERT INTO " + table + PgvectorRow.VALUES);
        }

        @Override
        public void write(List<PgvectorRow> batch) throws SQLException {
            for (PgvectorRow row : batch) {
                row.set(insert, row.vector());
                insert.addBatch();
            }
            insert.executeBatch();
            connection.commit();
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
