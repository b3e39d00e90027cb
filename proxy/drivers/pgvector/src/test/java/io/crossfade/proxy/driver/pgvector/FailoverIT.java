package io.crossfade.proxy.driver.pgvector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.local.PostgresPrograms;
import io.crossfade.proxy.local.PostgresServer;
import io.crossfade.proxy.local.Scratch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.time.OwnThreads;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that take no writes, or are not the ones that they were: read-only, a standby, a standby that takes over. */
final class FailoverIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final SystemTime time = new SystemTime();
    private final OwnThreads threads = new OwnThreads("test", "index documents", 16, 1_000);
    private PostgresServer server;
    private VectorIndex index;

    @BeforeEach
    void openIndex() {
        server = PostgresServer.alone();
        index = index(Map.of("url", url(server.address())));
        index.create().join();
    }

    @AfterEach
    void close() {
        index.close();
        threads.close();
        time.close();
        server.close();
    }

    /** One that follows this server. */
    private static PostgresServer standby(PostgresServer server) throws IOException {
        PostgresServer standby =
                PostgresServer.owning(PostgresPrograms.installed(), Scratch.create("crossfade-standby-"));
        String port = String.valueOf(server.port());
        standby.fill(
                "pg_basebackup",
                List.of(
                        "-h",
                        "127.0.0.1",
                        "-p",
                        port,
                        "-U",
                        "postgres",
                        "-X",
                        "stream",
                        "-c",
                        "fast",
                        "--no-sync",
                        "-R"));
        standby.start();
        return standby;
    }

    private static void promote(PostgresServer standby) {
        standby.run("SELECT pg_promote(true, 60)");
    }

    private static String url(String hosts) {
        return "jdbc:postgresql://" + hosts + "/postgres";
    }

    private VectorIndex index(Map<String, Object> more) {
        Map<String, Object> options = new HashMap<>(Map.of(
                "user", "postgres",
                "write_timeout", "2s",
                "read_timeout", "2s",
                "connect_timeout", "500ms"));
        options.putAll(more);
        return new PgvectorIndexProvider()
                .create(
                        new IndexDefinition(
                                "documents", "pgvector", Map.of("", IndexFixture.COSINE), TextSource.OWN, options),
                        new VectorIndexProvider.Context(Path.of("."), threads, time));
    }

    private Outcome put(String id, long number) {
        return index.write(List.of(Load.put(id, number)), TIMEOUT).join().get(0);
    }

    private static void assertFails(CompletableFuture<?> call, IndexException.Kind kind) {
        assertThatThrownBy(call::join)
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
    }

    @Test
    void serverThatBecomesReadOnly_failsWrites_servesReads_andIsWrittenToOnceItMayBe() {
        Load load = new Load(index, 4);
        load.awaitAcks(100);
        server.run("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()");
        load.awaitFailures(20);

        assertThat(put("while", 1))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).containsAnyOf("read-only", "primary"));
        assertThat(index.count(null, TIMEOUT).join()).isPositive();
        VectorIndex other = index(Map.of("url", url(server.address())));
        assertFails(other.open(), IndexException.Kind.UNAVAILABLE);
        other.close();

        server.run("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()");
        load.awaitAcks(100);
        load.endAndCheck();
    }

    @Test
    void standbyAtTheSameAddress_isUnavailable_andUsedOnceItIsThePrimary() throws IOException {
        try (PostgresServer standby = standby(server)) {
            Load load = new Load(index, 4);
            load.awaitAcks(100);
            server.stop(); // what it has acknowledged the standby has, too
            standby.stop();
            standby.startOn(server.port());
            load.awaitFailures(20);

            assertThat(put("while", 1)).isInstanceOf(Outcome.Failed.class);
            assertFails(index.count(null, TIMEOUT), IndexException.Kind.UNAVAILABLE);
            VectorIndex other = index(Map.of("url", url(standby.address())));
            assertFails(other.open(), IndexException.Kind.UNAVAILABLE);
            assertFails(other.create(), IndexException.Kind.UNAVAILABLE);
            other.close();

            promote(standby);
            load.awaitAcks(100);
            load.endAndCheck();
        }
    }

    @Test
    void primaryThatIsLostUnderLoad_isReplacedByItsStandby_andNothingThatWasAcknowledgedIsMissing() throws IOException {
        try (PostgresServer standby = standby(server)) {
            server.run("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> server.value("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
                            .equals("1"));
            index.close();
            index = index(Map.of("url", url(server.address() + "," + standby.address())));
            index.open().join();
            Load load = new Load(index, 6);
            load.awaitAcks(200);

            server.kill();
            load.awaitFailures(5);
            promote(standby);
            load.awaitAcks(200);

            load.endAndCheck();
        }
    }

    /** The engine gives up to wait when an administrator says so, and then answers as if all were well, with a warning. */
    @Test
    void commitThatNoReplicaHasConfirmed_isNotAcknowledged() {
        assertThat(put("before", 1)).isEqualTo(Outcome.APPLIED);
        server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
        Awaitility.await().atMost(PATIENCE).until(this::commitsWait);
        List<IndexWrite> writes = List.of(Load.put("a", 1), Load.put("b", 1));
        CompletableFuture<List<Outcome>> waits = index.write(writes, Duration.ofSeconds(30));
        cancelWhatWaits();

        assertThat(waits.join())
                .allSatisfy(outcome -> assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Outcome.Unknown.class,
                                unknown -> assertThat(unknown.reason()).contains("no replica has confirmed")));
        CompletableFuture<Void> note = index.setAttribute("role", "primary", Duration.ofSeconds(30));
        cancelWhatWaits();
        assertFails(note, IndexException.Kind.UNAVAILABLE);

        server.run("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
        Awaitility.await().atMost(PATIENCE).until(() -> put("a", 2).equals(Outcome.APPLIED));
        assertThat(index.count(null, TIMEOUT).join()).isEqualTo(3);
    }

    private boolean commitsWait() throws SQLException {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            connection.setNetworkTimeout(Runnable::run, 1_000);
            statement.execute("CREATE TABLE probe (); DROP TABLE probe");
            return false;
        } catch (SQLException notAnswered) {
            return true;
        }
    }

    private void cancelWhatWaits() {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> server.value("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                                + " WHERE wait_event = 'SyncRep' AND application_name = 'crossfade'")
                        .equals("1"));
    }
}
