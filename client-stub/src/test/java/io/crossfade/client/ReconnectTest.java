package io.crossfade.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class ReconnectTest {
    private static final int ATTEMPTS = 12;

    /** gRPC alone would need minutes for so many attempts. */
    @Test
    @Timeout(30)
    void brokenConnection_isTriedAgainSoonEachTime() throws IOException {
        try (ServerSocket hangsUp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                CrossfadeClient client = CrossfadeClient.connect("127.0.0.1:" + hangsUp.getLocalPort())) {
            CompletableFuture<Long> call = client.collection("products")
                    .async()
                    .withTimeout(Duration.ofMinutes(5))
                    .count();
            for (int i = 0; i < ATTEMPTS; i++) {
                hangsUp.accept().close();
            }
            assertThat(call).isNotDone();
            call.cancel(true);
        }
    }
}
