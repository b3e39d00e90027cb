package io.crossfade.proxy.driver.pgvector;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.local.PostgresServer;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server whose disk is full: of rows, so that it refuses writes, or of its log, so that it ends. Needs root, for a small disk. */
final class FullDiskIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MEGABYTES = 128;

    private final SystemTime time = new SystemTime();
    private final OwnThreads threads = new OwnThreads("test", "index documents", 8, 1_000);
    private SmallDisk disk;
    private PostgresServer server;
    private VectorIndex index;

    @BeforeEach
    void openIndex() throws IOException {
        disk = new SmallDisk(MEGABYTES);
        server = disk.server();
        server.run(
                "ALTER SYSTEM SET max_wal_size = '48MB'",
                "ALTER SYSTEM SET min_wal_size = '32MB'",
                "SELECT pg_reload_conf()");
        Map<String, Object> options = Map.of(
                "url", "jdbc:postgresql://" + server.address() + "/postgres",
                "user", "postgres",
                "write_timeout", "2s",
                "read_timeout", "2s",
                "connect_timeout", "500ms");
        index = new PgvectorIndexProvider()
                .create(
                        new IndexDefinition(
                                "documents", "pgvector", Map.of("", IndexFixture.COSINE), TextSource.OWN, options),
                        new VectorIndexProvider.Context(Path.of("."), threads, time));
        index.create().join();
    }

    @AfterEach
    void close() {
        if (index != null) {
            index.close();
        }
        threads.close();
        time.close();
        if (server != null) {
            server.close();
        }
    }

    @Test
    void diskWithoutRoomForRows_failsWrites_blamesNoDocument_andTakesThemOnceThereIsRoom() throws IOException {
        Load load = new Load(index, 4);
        load.awaitAcks(100);
        disk.fill();
        load.awaitFailures(20);

        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 2_000 && outcomes.stream().noneMatch(Outcome.Failed.class::isInstance); i++) {
            outcomes.add(index.write(List.of(Load.put("more" + i, i)), TIMEOUT)
                    .join()
                    .get(0));
        }
        assertThat(outcomes).anySatisfy(outcome -> assertThat(outcome.reason()).contains("No space left"));
        assertThat(outcomes).noneMatch(Outcome.Rejected.class::isInstance);
        assertThat(index.count(null, TIMEOUT).join()).isPositive();

        disk.empty();
        load.awaitAcks(100);
        load.endAndCheck();
    }

    @Test
    void serverThatEndsBecauseItsLogHasNoRoom_losesNothingThatWasAcknowledged_andIsUsedAgain() throws IOException {
        Load load = new Load(index, 4);
        load.awaitAcks(100);
        disk.fill();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SELECT pg_switch_wal()"); // the next record needs a new segment, for which there is no room
        } catch (SQLException alreadyEnded) {
            // the writers were faster
        }
        Awaitility.await().atMost(PATIENCE).until(() -> !server.isRunning());
        load.awaitFailures(20);

        disk.empty();
        server.start();
        load.awaitAcks(100);
        load.endAndCheck();
        assertThat(server.log()).contains("PANIC", "No space left on device");
    }
}
