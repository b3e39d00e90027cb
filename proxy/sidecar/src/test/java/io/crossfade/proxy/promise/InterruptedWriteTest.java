package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.CrossfadeException;
import io.crossfade.client.Doc;
import io.crossfade.client.Key;
import io.crossfade.client.WriteResults;
import io.crossfade.proxy.Proxy;
import io.crossfade.proxy.process.Configs;
import io.crossfade.proxy.process.EmbeddingServer;
import io.crossfade.proxy.process.Operator;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A caller that leaves while its write is being worked on, in a migration. Both indexes must agree on what became of it. */
final class InterruptedWriteTest {
    private EmbeddingServer embeddings;
    private Proxy proxy;
    private Operator operator;
    private CrossfadeClient client;
    private CrossfadeCollection things;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        embeddings = new EmbeddingServer();
        String yaml = Configs.embedded(directory.resolve("data"))
                .replace("metric: l2", "metric: l2, embedder: {type: openai, url: \"" + embeddings.url() + "\"}");
        proxy = Proxy.start(Configs.load(directory, yaml));
        operator = Operator.of(proxy.adminPort(), "things");
        client = CrossfadeClient.connect("127.0.0.1:" + proxy.dataPort());
        things = client.collection("things");
        things.upsert(Doc.of("other").text("other")).requireApplied();
        operator.start("things-v2");
        operator.awaitBackfill();
    }

    @AfterEach
    void stop() {
        client.close();
        operator.close();
        proxy.close();
        embeddings.close();
    }

    @Test
    void cancelled_theWriteIsFinished() throws Exception {
        CompletableFuture<WriteResults> write =
                things.async().upsert(Doc.of("held").text(embeddings.heldText()));
        embeddings.awaitHeld();

        write.cancel(true);
        embeddings.release();

        Awaitility.await().until(() -> things.fetch(List.of(Key.of("held"))).size() == 1);
        assertBothAgree(2);
    }

    @Test
    void deadlineExpires_theCallSaysSo_andNothingIsHalfApplied() throws Exception {
        CrossfadeException refusal = catchThrowableOfType(
                CrossfadeException.class,
                () -> things.withTimeout(Duration.ofMillis(500))
                        .upsert(Doc.of("held").text(embeddings.heldText())));

        assertThat(refusal.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(refusal.mayBeApplied()).isTrue();
        embeddings.awaitHeld();
        embeddings.release();

        assertBothAgree(1);
    }

    private void assertBothAgree(long documents) {
        operator.await(status -> status.getMembers(0).getCallsInFlight() == 0
                && status.getMembers(0).getPendingKeys() == 0);
        operator.flip();
        assertThat(things.count()).isEqualTo(documents);
        operator.rollback();
        assertThat(things.count()).isEqualTo(documents);
    }
}
