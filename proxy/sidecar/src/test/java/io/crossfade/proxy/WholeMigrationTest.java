package io.crossfade.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Slice;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.migration.verify.Verifier;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A migration between two embedded indexes of one space, in this process, with a writer that never stops. */
class WholeMigrationTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int DOCUMENTS = 300;

    @TempDir
    private Path directory;

    @Test
    void flipRollbackFlipComplete_noCallFailsAndNothingIsLost() throws Exception {
        try (Proxy proxy = Proxy.start(config())) {
            Collection collection = proxy.collections().get("things");
            Admin admin = proxy.admins().get("things");
            for (int i = 0; i < DOCUMENTS; i++) {
                write(collection, i, 0);
            }
            AtomicBoolean stop = new AtomicBoolean();
            AtomicLong round = new AtomicLong();
            List<Throwable> failures = new ArrayList<>();
            Thread writer = new Thread(() -> {
                while (!stop.get() && failures.isEmpty()) {
                    try {
                        long next = round.incrementAndGet();
                        write(collection, (int) (next % DOCUMENTS), next);
                    } catch (RuntimeException e) {
                        failures.add(e);
                    }
                }
            });
            writer.start();

            admin.start(new Admin.StartRequest("things-v2", Map.of(), false, Optional.empty()))
                    .get();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> admin.status()
                            .get()
                            .backfill()
                            .filter(copied -> copied.isDone())
                            .isPresent());
            verifyClean(admin);
            assertThat(flip(admin).phase()).isEqualTo(Phase.REVERSED);
            verifyClean(admin);
            assertThat(admin.rollback(request()).get().phase()).isEqualTo(Phase.MIRRORING);
            verifyClean(admin);
            assertThat(flip(admin).phase()).isEqualTo(Phase.REVERSED);
            assertThat(admin.complete(request()).get().phase()).isEqualTo(Phase.SINGLE);
            stop.set(true);
            writer.join();

            assertThat(failures).isEmpty();
            assertThat(round.get()).isPositive();
            Status status = admin.status().get();
            assertThat(status.state().primary()).isEqualTo("things-v2");
            long last = round.get();
            StoredDocument newest = fetch(collection, (int) (last % DOCUMENTS));
            assertThat(newest.metadata()).containsEntry("round", Value.of(last));
            assertThat(collection.count(null, TIMEOUT).get().count()).isEqualTo(DOCUMENTS);
            assertThat(collection
                            .scan(new Collection.ScanCall("", Slice.ALL, null, Projection.ALL, "", 1_000), TIMEOUT)
                            .get()
                            .page()
                            .documents())
                    .hasSize(DOCUMENTS);
        }
    }

    private static Admin.StepRequest request() {
        return new Admin.StepRequest(Optional.empty(), false, "test", false);
    }

    private static Admin.Stepped flip(Admin admin) throws Exception {
        return admin.flip(request()).get();
    }

    private static void verifyClean(Admin admin) throws Exception {
        List<Difference> found = new ArrayList<>();
        VerifyState verdict = admin.verify(false, 0, true, new Verifier.Listener() {
                    @Override
                    public void compared(long documents) {}

                    @Override
                    public void found(Difference difference) {
                        found.add(difference);
                    }

                    @Override
                    public void repaired(long documents) {}

                    @Override
                    public boolean isCancelled() {
                        return false;
                    }
                })
                .get();
        assertThat(found).isEmpty();
        assertThat(verdict.wasClean()).isTrue();
    }

    private static void write(Collection collection, int id, long round) {
        Document document = new Document(
                Key.of("id-" + id),
                "text " + id,
                List.of(new NamedVector("", "tiny", Embedding.of(id, round, 1, 2))),
                Map.of("round", Value.of(round)),
                null);
        WriteReply reply = collection
                .write(WriteCall.of(new WriteOp.Upsert(document)), TIMEOUT)
                .join();
        assertThat(reply.results().get(0).leader()).isEqualTo(WriteReply.Leader.APPLIED);
    }

    private static StoredDocument fetch(Collection collection, int id) throws Exception {
        return collection
                .fetch(List.of(Key.of("id-" + id)), Projection.ALL, TIMEOUT)
                .get()
                .documents()
                .get(0);
    }

    private CrossfadeConfig config() throws Exception {
        Path file = directory.resolve("crossfade.yaml");
        Files.writeString(file, """
                spaces:
                  tiny: {model: tiny, dimensions: 4, metric: l2}
                indexes:
                  things-v1: {driver: lucene, vectors: {"": {space: tiny}}}
                  things-v2: {driver: lucene, vectors: {"": {space: tiny}}}
                collections:
                  things: {index: things-v1}
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                data_dir: "%s"
                """.formatted(directory.resolve("data")));
        return CrossfadeConfig.load(file);
    }
}
