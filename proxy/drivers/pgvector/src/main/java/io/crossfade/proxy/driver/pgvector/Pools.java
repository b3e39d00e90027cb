package io.crossfade.proxy.driver.pgvector;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
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
        config.setExceptionOverride(new Undisturbed());
        return new HikariDataSource(config);
    }

    /** Whoever uses a connection knows when it is of no more use ({@link Problems#endsTheConnection}), and says so. */
    private static final class Undisturbed implements SQLExceptionOverride {
        @java.lang.Override
        public Override adjudicate(SQLException failed) {
            return Override.DO_NOT_EVICT;
        }
    }

    /** A connection that is lent for one call. Owned by the thread of the call. */
    static final class Lease implements AutoCloseable {
        private final HikariDataSource pool;
        private final Connection connection;
        private boolean isEnded;

        Lease(HikariDataSource pool) throws SQLException {
            this.pool = pool;
            this.connection = pool.getConnection();
        }

        /** Has a transaction of its own, which is undone if it is not committed. */
        Connection connection() {
            return connection;
        }

        /** Takes the connection out of use, if the failure is one that ends it. */
        void endIfLost(SQLException failed) {
            isEnded |= Problems.endsTheConnection(failed);
        }

        /** Takes the connection out of use. */
        void end() {
            isEnded = true;
        }

        /** Never fails: what the call has done is done. A connection that cannot be given back is out of use. */
        @Override
        public void close() {
            if (isEnded) {
                pool.evictConnection(connection);
                return;
            }
            try {
                connection.close();
            } catch (SQLException e) {
                pool.evictConnection(connection);
            }
        }
    }

    Lease forWrites() throws SQLException {
        return new Lease(writes);
    }

    Lease forReads() throws SQLException {
        return new Lease(reads);
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
