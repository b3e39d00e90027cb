package io.crossfade.proxy.front;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.Doc;
import io.crossfade.client.Search;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who calls is what the channel calls itself. */
final class ClientNameTest {
    private Fixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new Fixture();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private CrossfadeClient.Builder client() {
        return CrossfadeClient.builder("127.0.0.1:" + fixture.listeners.dataPort());
    }

    @Test
    void named_standsInFrontOfTheLibrary() {
        try (CrossfadeClient shop = client().name("shop").build()) {
            shop.collection("products").upsert(Doc.of("a").text("a red shoe"));
        }
        assertThat(fixture.products.lastClient()).startsWith("shop grpc-java-netty/");
    }

    @Test
    void unnamed_isTheLibraryAlone() {
        try (CrossfadeClient client = client().build()) {
            client.collection("products").query(Search.vector("bge", 1, 2, 3, 4).topK(1));
        }
        assertThat(fixture.products.lastClient()).startsWith("grpc-java-netty/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "caf\u00e9", "line\nbreak"})
    void whatAHeaderCannotSay_isRefused(String name) {
        assertThatThrownBy(() -> client().name(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name: \"" + name + "\" (expected: printable ASCII without a blank)");
    }
}
