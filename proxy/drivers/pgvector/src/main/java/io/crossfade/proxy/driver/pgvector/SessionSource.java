package io.crossfade.proxy.driver.pgvector;

import com.pgvector.PGvector;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Opens connections, and settles with the engine how each of them works. The engine ends what takes too long by itself, and
 * what nobody waits for any more; what was acknowledged is on its disk.
 */
final class SessionSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;
    private static final String NO_CONNECTION = "08001";
    private static final String NOT_AUTHORIZED = "28000";

    private final String setUp;
    private final transient Trust trust;

    /**
     * @param limit of one statement, and of a transaction if there is to be one
     */
    SessionSource(PgvectorIndexSettings settings, Duration limit, boolean limitsTransactions) {
        this.trust = new Trust(settings);
        this.setUp = setUp(settings, limit.toMillis(), limitsTransactions);
        setUrl(settings.jdbcUrl());
        setUser(settings.user());
        setPassword(settings.password());
        setSslMode(settings.tls().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        setSslRootCert(text(settings.caFile()));
        setSslCert(text(settings.certFile()));
        setSslKey(text(settings.keyFile()));
        setApplicationName("crossfade");
        // Reads are served by a primary that takes no writes for now, too.
        setTargetServerType(limitsTransactions ? "primary" : "preferPrimary");
        setTcpKeepAlive(true);
        setLogServerErrorDetail(false);
        int seconds = (int) Math.max(1, settings.connectTimeout().toSeconds());
        setConnectTimeout(seconds);
        setLoginTimeout(seconds);
    }

    private static @Nullable String text(java.nio.file.@Nullable Path path) {
        return path == null ? null : path.toString();
    }

    private static String setUp(PgvectorIndexSettings settings, long limitMillis, boolean limitsTransactions) {
        return "SELECT pg_is_in_recovery(), set_config('TimeZone', 'UTC', false)"
                + ", set_config('search_path', COALESCE((SELECT quote_ident(n.nspname) FROM pg_extension e"
                + " JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'), 'public'), false)"
                + ", set_config('statement_timeout', '" + limitMillis + "', false)"
                + ", set_config('idle_in_transaction_session_timeout', '" + limitMillis + "', false)"
                + ", set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'"
                + " ELSE current_setting('synchronous_commit') END, false)"
                // With a plan for any values a search by vector is planned without its index.
                + ", set_config('plan_cache_mode', 'force_custom_plan', false)"
                + ", set_config('jit', 'off', false)"
                // A policy that hides rows is then an error.
                + ", set_config('row_security', 'off', false)"
                // Of a commit that no replica has confirmed the engine only warns.
                + ", set_config('client_min_messages', 'warning', false)"
                + ", set_config('hnsw.ef_search', '" + settings.ef() + "', false)"
                + ", set_config('hnsw.iterative_scan', 'strict_order', false)"
                + ", set_config('ivfflat.iterative_scan', 'relaxed_order', false)"
                + ", CASE WHEN current_setting('server_version_num')::int >= 140000 AND version() LIKE '%linux%'"
                + " THEN set_config('client_connection_check_interval', '1000', false) END"
                + (limitsTransactions
                        ? ", CASE WHEN current_setting('server_version_num')::int >= 170000"
                                + " THEN set_config('transaction_timeout', '" + limitMillis + "', false) END"
                        : "");
    }

    private Connection connected(@Nullable String user, @Nullable String password) throws SQLException {
        try {
            return super.getConnection(user, password);
        } catch (SQLException e) {
            String problem = trust.problem(e);
            if (problem == null) {
                throw e;
            }
            SQLException named = new SQLException(problem, NOT_AUTHORIZED);
            named.addSuppressed(e);
            throw named;
        }
    }

    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        Connection connection = connected(user, password);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(setUp)) {
            row.next();
            if (row.getBoolean(1)) {
                throw new SQLException("server: in recovery (expected: a primary)", NO_CONNECTION);
            }
            PGvector.addVectorType(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }
}
