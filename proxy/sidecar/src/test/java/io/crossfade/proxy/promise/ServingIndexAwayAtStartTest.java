package io.crossfade.proxy.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.CrossfadeException;
import io.crossfade.client.Doc;
import io.crossfade.client.Filter;
import io.crossfade.client.Filters;
import io.crossfade.proxy.Proxy;
import io.crossfade.proxy.process.Configs;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sidecar whose index is a collection of another, which is away when it starts, or comes back as another process: what
 * it can do is not known, or not any more.
 */
final class ServingIndexAwayAtStartTest {
    private static final Filter RED = Filters.eq("colour", "red");

    @TempDir
    private Path directory;

    private int otherPort;

    @BeforeEach
    void choosePort() throws Exception {
        Proxy other = startOther("tiny");
        try (other) {
            otherPort = other.dataPort();
            startSidecar().close();
        }
    }

    @Test
    void filteredCalls_areAnsweredOnceItIsBack() throws Exception {
        try (Proxy sidecar = startSidecar();
                CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + sidecar.dataPort())) {
            CrossfadeCollection things = client.collection("things");
            assertThatThrownBy(() -> things.withTimeout(Duration.ofMillis(300)).count(RED))
                    .isInstanceOfSatisfying(
                            CrossfadeException.class,
                            e -> assertThat(e.code()).isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED));

            Proxy back = startOther("tiny");
            try (back) {
                upsert(things, "a");
                assertThat(things.count(RED)).isEqualTo(1);
                assertThat(things.describe().getFilterOperatorsList()).isNotEmpty();
            }
        }
    }

    /** Spaces are the same by fingerprint; what the other process calls them may change when it starts again. */
    @Test
    void anotherProcessCallsTheSpaceOtherwise_callsFitAgain() throws Exception {
        Proxy before = startOther("tiny");
        try (Proxy sidecar = startSidecar();
                CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + sidecar.dataPort())) {
            CrossfadeCollection things = client.collection("things");
            upsert(things, "a");
            before.close();

            Proxy after = startOther("small");
            try (after) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .ignoreExceptionsInstanceOf(CrossfadeException.class)
                        .untilAsserted(() -> upsert(things, "b"));
                assertThat(things.count(RED)).isEqualTo(2);
            }
        }
    }

    private static void upsert(CrossfadeCollection things, String id) {
        things.upsert(Doc.of(id).text(id).vector("tiny", 1, 2, 3, 4).metadata("colour", "red"))
                .requireApplied();
    }

    private Proxy startOther(String space) throws IOException {
        Path home = Files.createDirectories(directory.resolve("other"));
        return Proxy.start(Configs.load(
                home,
                Configs.followed(home.resolve("data"), otherPort)
                        .replace("tiny: {model", space + ": {model")
                        .replace("{space: tiny}", "{space: " + space + "}")));
    }

    private Proxy startSidecar() throws IOException {
        Path home = Files.createDirectories(directory.resolve("sidecar"));
        return Proxy.start(Configs.load(
                home,
                Configs.following(home.resolve("data"), 0, otherPort, "open_wait: 100ms")
                        .replace("things: {index: things-v1", "things: {index: things-v2")));
    }
}
