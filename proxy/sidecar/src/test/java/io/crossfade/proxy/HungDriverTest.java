package io.crossfade.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.kit.memory.BlockingIndex;
import io.crossfade.proxy.kit.memory.BlockingIndexProvider;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.WriteOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower whose driver keeps a thread for each call, as JDBC does, and gets no answer any more. */
class HungDriverTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int WRITES = 400;

    @TempDir
    private Path directory;

    private Proxy proxy;
    private BlockingIndex follower;

    @BeforeEach
    void mirror() throws Exception {
        proxy = Proxy.start(config());
        write("first").join();
        admin().start(new Admin.StartRequest("things-v2", Map.of(), false, Optional.empty()))
                .get();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> admin().status()
                        .get()
                        .backfill()
                        .filter(copied -> copied.isDone())
                        .isPresent());
        follower = BlockingIndexProvider.find(directory.resolve("data"), "things-v2")
                .orElseThrow();
        follower.hang();
    }

    @AfterEach
    void close() {
        follower.recover();
        proxy.close();
    }

    @Test
    void noneOf400WritesFails_andAllAreThereWhenItIsBack() throws Exception {
        List<CompletableFuture<WriteReply>> writes = new ArrayList<>();
        for (int i = 0; i < WRITES; i++) {
            writes.add(write("id-" + i));
        }

        assertThat(writes)
                .allSatisfy(write ->
                        assertThat(write.join().results().get(0).leader()).isEqualTo(WriteReply.Leader.APPLIED));
        follower.recover();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> admin().status().get().local().pendingKeys() == 0);
    }

    @Test
    void otherCollectionMigratesMeanwhile() throws Exception {
        for (int i = 0; i < WRITES; i++) {
            write("id-" + i).join();
        }
        Admin others = proxy.admins().get("others");

        others.start(new Admin.StartRequest("others-v2", Map.of(), false, Optional.empty()))
                .get();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> others.status()
                        .get()
                        .backfill()
                        .filter(copied -> copied.isDone())
                        .isPresent());
        assertThat(others.status().get().state().phase()).isEqualTo(Phase.MIRRORING);
    }

    private Admin admin() {
        return proxy.admins().get("things");
    }

    private CompletableFuture<WriteReply> write(String id) {
        Collection things = proxy.collections().get("things");
        Document document = new Document(
                Key.of(id), "text", List.of(new NamedVector("", "tiny", Embedding.of(1, 2, 3, 4))), Map.of(), null);
        return things.write(WriteCall.of(new WriteOp.Upsert(document)), TIMEOUT);
    }

    private CrossfadeConfig config() throws IOException {
        Path file = directory.resolve("crossfade.yaml");
        Files.writeString(file, """
                spaces:
                  tiny: {model: tiny, dimensions: 4, metric: l2}
                indexes:
                  things-v1: {driver: blocking, vectors: {"": {space: tiny}}}
                  things-v2: {driver: blocking, vectors: {"": {space: tiny}}}
                  others-v1: {driver: blocking, vectors: {"": {space: tiny}}}
                  others-v2: {driver: blocking, vectors: {"": {space: tiny}}}
                collections:
                  things: {index: things-v1, identity: {claim: 100ms}}
                  others: {index: others-v1, identity: {claim: 100ms}}
                listeners: {data: "127.0.0.1:0", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                data_dir: "%s"
                """.formatted(directory.resolve("data")));
        return CrossfadeConfig.load(file);
    }
}
