package io.crossfade.proxy.migrations;

import io.crossfade.client.CrossfadeException;
import io.crossfade.proxy.local.PostgresServer;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.process.SidecarProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * Two sidecars with a control store each, as two replicas of a Deployment with store {@code file} are, on one table of
 * PostgreSQL. A migration of the one is refused while the other writes, and no write fails for that; once the other was
 * stopped in its tracks for longer than the one waits, the migration begins, and the other writes no more. What either has
 * acknowledged is in the new table at the end.
 */
final class SharedTable {
    private static final int WRITES = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private SharedTable() {}

    /** What is wrong; empty if nothing is. */
    static List<String> findings(Path folder) throws Exception {
        try (PostgresServer server = PostgresServer.alone();
                SidecarProcess one = start(folder.resolve("one"), server);
                SidecarProcess other = start(folder.resolve("other"), server);
                Operator operator = one.operator("words");
                SteadyWriter writes = new SteadyWriter("one", one.client());
                SteadyWriter others = new SteadyWriter("other", other.client())) {
            List<String> findings = new ArrayList<>();
            await(() -> writes.acked() > WRITES && others.acked() > WRITES);
            begin(operator, "is also used by sidecars with control store", findings);
            requireNoFailure(writes, findings);
            requireNoFailure(others, findings);
            other.freeze();
            operator.start("words-v2");
            other.resume();
            await(() -> others.refused() > WRITES);
            others.stop();
            operator.awaitBackfill();
            operator.flipUnderLoad();
            operator.complete();
            writes.stop();
            requireNoFailure(writes, findings);
            compare(server, List.of(writes, others), findings);
            return findings;
        }
    }

    private static SidecarProcess start(Path folder, PostgresServer server) throws IOException {
        return SidecarProcess.start(folder, port -> """
                spaces:
                  tiny: {model: tiny, dimensions: 4, metric: l2}
                indexes:
                  words-v1: {%1$s, table: words_v1, vectors: {"": {space: tiny}}}
                  words-v2: {%1$s, table: words_v2, vectors: {"": {space: tiny}}}
                collections:
                  words: {index: words-v1, identity: {claim: 1s}}
                data_dir: "%2$s"
                listeners: {data: "127.0.0.1:%3$d", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                """.formatted(
                        "driver: pgvector, url: \"jdbc:postgresql://" + server.address()
                                + "/postgres\", user: postgres, schema: crossfade, write_timeout: 2s",
                        folder.resolve("data"),
                        port));
    }

    private static void begin(Operator operator, String expected, List<String> findings) {
        try {
            operator.start("words-v2");
            findings.add("the migration began although another sidecar wrote to its table");
        } catch (CrossfadeException e) {
            if (!String.valueOf(e.getMessage()).contains(expected)) {
                findings.add("refused: " + e.getMessage() + " (expected: " + expected + ")");
            }
        }
    }

    private static void requireNoFailure(SteadyWriter writer, List<String> findings) {
        writer.failure().ifPresent(failure -> findings.add("a write failed: " + failure));
    }

    private static void compare(PostgresServer server, List<SteadyWriter> writers, List<String> findings)
            throws SQLException {
        Map<String, Long> found = new TreeMap<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT id, metadata->>'n' AS n FROM crossfade.words_v2 ORDER BY id")) {
            while (row.next()) {
                found.put(row.getString("id"), row.getLong("n"));
            }
        }
        writers.forEach(writer -> findings.addAll(writer.differences(found)));
        int expected = writers.stream().mapToInt(SteadyWriter::documents).sum();
        if (found.size() != expected) {
            findings.add(found.size() + " documents (expected: " + expected + ")");
        }
    }

    private static void await(Callable<Boolean> holds) {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(holds);
    }
}
