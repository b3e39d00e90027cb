package io.crossfade.proxy.driver.pgvector;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The connections of one index: a pool for writes and one for reads, each bounded. A connection is made when it is needed and
 * ends when it has been idle for a minute; a call that finds none free waits, and then fails.
 */
final class Pools implements AutoCloseable {
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration LIFETIME = Duration.ofMinutes(30);
    private static final Duration ALIVE = Duration.ofMillis(500);

    private final HikariDataSource writes;
    private final HikariDataSource reads;

    Pools(String index, PgvectorIndexSettings settings) {
        writes = pool(index + "-write", settings, new SessionSource(settings, settings.writeTimeout(), true));
        reads = pool(index + "-read", settings, new SessionSource(settings, settings.readTimeout(), false));
    }

    private static HikariDataSource pool(String name, PgvectorIndexSettings settings, SessionSource source) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("crossfade-" + name);
        config.setDataSource(source);
        config.setMaximumPoolSize(settings.poolSize());
        config.setMinimumIdle(0);
        config.setIdleTimeout(IDLE.toMillis());
        config.setMaxLifetime(LIFETIME.toMillis());
        config.setConnectionTimeout(settings.connectTimeout().toMillis());
        config.setValidationTimeout(
                Math.min(ALIVE.toMillis(), settings.connectTimeout().toMillis()));
        config.setInitializationFailTimeout(-1);
        config.setAutoCommit(false);
        return new HikariDataSource(config);
    }

    /** A connection with a transaction of its own, which is undone if it is not committed. */
    Connection forWrites() throws SQLException {
        return writes.getConnection();
    }

    /** A connection to read with; what it changes is undone. */
    Connection forReads() throws SQLException {
        return reads.getConnection();
    }

    /** Takes a connection out of use. */
    void end(Connection connection) {
        writes.evictConnection(connection);
        reads.evictConnection(connection);
    }

    /** Takes all connections out of use, each when its call has ended: what they know of the database's types is out of date. */
    void renew() {
        writes.getHikariPoolMXBean().softEvictConnections();
        reads.getHikariPoolMXBean().softEvictConnections();
    }

    @Override
    public void close() {
        writes.close();
        reads.close();
    }
}
