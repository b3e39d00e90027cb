package io.crossfade.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Pair;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeedingTest {
    private static final Duration WINDOW = Duration.ofMinutes(15);

    @TempDir
    Path directory;

    private Pair pair;
    private Feeding feeding;

    @BeforeEach
    void begin() {
        pair = new Pair(directory).begin(Phase.MIRRORING);
        feeding = new Feeding(pair.time);
    }

    private void write(String client, String space) {
        feeding.heard(pair.paired(), new WriteCall(List.of(Docs.put(Key.of("1"), space, "x")), "", client));
    }

    @Test
    void whoSendsTheVector_isNotNamed() {
        write("shop", "a");
        assertThat(feeding.lacking("a", WINDOW)).isEmpty();
    }

    @Test
    void whoDoesNot_isNamedUntilTheWindowHasPassed() {
        write("shop", "other");
        pair.pass(1_000);
        write("", "other");
        assertThat(feeding.lacking("a", WINDOW)).containsExactly("writes of a client without a name", "writes of shop");
        pair.pass(WINDOW.toMillis() - 500);
        assertThat(feeding.lacking("a", WINDOW)).containsExactly("writes of a client without a name");
        pair.pass(1_000);
        assertThat(feeding.lacking("a", WINDOW)).isEmpty();
    }

    @Test
    void tooManyClients_areRememberedAsOne() {
        for (int i = 0; i < 2 * Feeding.MOST_CLIENTS; i++) {
            write("client " + i, "other");
        }
        assertThat(feeding.lacking("a", WINDOW))
                .hasSize(Feeding.MOST_CLIENTS + 1)
                .contains("writes of client 0", "writes of other clients");
    }
}
