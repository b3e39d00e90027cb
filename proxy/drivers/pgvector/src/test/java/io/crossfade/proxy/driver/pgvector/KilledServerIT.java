package io.crossfade.proxy.driver.pgvector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.local.PostgresServer;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.OwnThreads;
import io.crossfade.proxy.time.SystemTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server of its own that is killed, or stopped in its tracks, while documents are written. */
final class KilledServerIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static PostgresServer server;
    private static int number;

    private final SystemTime time = new SystemTime();
    private final OwnThreads threads = new OwnThreads("test", "index documents", 8, 1_000);
    private VectorIndex index;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.alone();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void openIndex() {
        Map<String, Object> options = Map.of(
                "url", "jdbc:postgresql://" + server.address() + "/postgres",
                "user", "postgres",
                "table", "documents_" + ++number,
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
    void closeIndex() {
        index.close();
        threads.close();
        time.close();
    }

    private static IndexWrite put(String id, long version) {
        return new IndexWrite.Put(
                IndexFixture.document(id, Map.of("n", Value.of(version)), IndexFixture.vector(version)));
    }

    private Outcome write(IndexWrite write) {
        return index.write(List.of(write), TIMEOUT).join().get(0);
    }

    @Test
    void killedUnderLoad_losesNothingThatWasAcknowledged_andIsUsedAgainOnceItIsBack() {
        Load load = new Load(index, 6);
        for (int round = 0; round < 3; round++) {
            load.awaitAcks(200);
            server.kill();
            server.start();
        }
        load.awaitAcks(200);

        load.endAndCheck();
    }

    /** It ends what is under way by itself, and says so to each connection, in the middle of a commit, too. */
    @Test
    void restartedUnderLoad_losesNothingThatWasAcknowledged_andIsUsedAgainOnceItIsBack() {
        Load load = new Load(index, 6);
        for (int round = 0; round < 3; round++) {
            load.awaitAcks(200);
            server.stop();
            server.start();
        }
        load.awaitAcks(200);

        load.endAndCheck();
    }

    @Test
    void serverThatIsAway_isUnavailable_andNothingWasSent() {
        assertThat(write(put("before", 1))).isEqualTo(Outcome.APPLIED);
        server.kill();
        try {
            assertThat(write(put("while", 1))).isInstanceOf(Outcome.Failed.class);
            assertThatThrownBy(() -> index.count(null, TIMEOUT).join())
                    .cause()
                    .isInstanceOfSatisfying(
                            IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.UNAVAILABLE));
        } finally {
            server.start();
        }
        Awaitility.await().atMost(PATIENCE).until(() -> write(put("after", 1)).equals(Outcome.APPLIED));
        assertThat(index.count(null, TIMEOUT).join()).isEqualTo(2);
    }

    /**
     * Each write that the server gets while it stands still, and is not answered, is over when {@code unknownSettle} has passed
     * since the server goes on: what was sent does not come after what is sent then.
     */
    @Test
    void frozenServer_doesNotLetOldWritesLandOnNewOnes() {
        for (int i = 0; i < 40; i++) {
            assertThat(write(put("id" + i, 0))).isEqualTo(Outcome.APPLIED);
        }
        List<CompletableFuture<List<Outcome>>> lost = new ArrayList<>();
        Set<String> unknown = ConcurrentHashMap.newKeySet();
        AtomicBoolean frozen = new AtomicBoolean();
        for (int i = 0; i < 40; i++) {
            String id = "id" + i;
            lost.add(index.write(List.of(put(id, 1)), Duration.ofSeconds(1)).whenComplete((outcomes, failed) -> {
                if (outcomes.get(0).mayStillLand()) {
                    unknown.add(id);
                }
            }));
            if (frozen.compareAndSet(false, i == 5)) {
                server.freeze();
            }
        }
        lost.forEach(CompletableFuture::join);
        server.thaw();
        time.rest(index.capabilities().unknownSettle()).join();

        for (int i = 0; i < 40; i++) {
            String id = "id" + i;
            Awaitility.await().atMost(PATIENCE).until(() -> write(put(id, 2)).equals(Outcome.APPLIED));
        }
        time.rest(index.capabilities().unknownSettle()).join();
        for (int i = 0; i < 40; i++) {
            StoredDocument stands = index.fetch(List.of(Key.of("id" + i)), Projection.ALL, TIMEOUT)
                    .join()
                    .get(Key.of("id" + i));
            assertThat(Objects.requireNonNull(stands).metadata()).containsEntry("n", Value.of(2));
        }
    }

    /** A write whose statement hangs behind somebody's lock is over when its time is: nothing of it lands later. */
    @Test
    void writeThatTheEngineDidNotFinishInTime_isNotDone() throws Exception {
        assertThat(write(put("locked", 1))).isEqualTo(Outcome.APPLIED);
        try (java.sql.Connection other = server.connect()) {
            other.setAutoCommit(false);
            try (java.sql.Statement statement = other.createStatement()) {
                statement.execute("SELECT 1 FROM documents_" + number + " FOR UPDATE");
            }
            Outcome outcome = index.write(List.of(put("locked", 2)), Duration.ofMillis(500))
                    .join()
                    .get(0);
            assertThat(outcome).isInstanceOf(Outcome.Failed.class);
            other.rollback();
        }
        time.rest(index.capabilities().unknownSettle()).join();

        StoredDocument stands = index.fetch(List.of(Key.of("locked")), Projection.ALL, TIMEOUT)
                .join()
                .get(Key.of("locked"));
        assertThat(Objects.requireNonNull(stands).metadata()).containsEntry("n", Value.of(1));
    }
}
