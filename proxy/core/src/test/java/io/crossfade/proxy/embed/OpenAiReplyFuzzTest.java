package io.crossfade.proxy.embed;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.crossfade.proxy.kit.fuzz.Mutations;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Embedding;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

/** An answer is as many vectors as there were texts, or a failure that names the server. */
final class OpenAiReplyFuzzTest {
    private static final int TEXTS = 2;
    private static final int[] STATUSES = {200, 200, 200, 200, 200, 429, 503, 400};

    private final OpenAiReply reply = new OpenAiReply("server", new FakeTime());

    /** The first byte chooses the status; where that is not 200, the body is the header {@code Retry-After} as well. */
    @FuzzTest
    void answer(byte[] bytes) {
        int status = bytes.length == 0 ? 200 : STATUSES[bytes[0] & 7];
        byte[] body = bytes.length == 0 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
        List<Embedding> vectors;
        try {
            vectors = reply.vectors(new Answer(status, body), TEXTS);
        } catch (EmbeddingException refused) {
            assertThat(refused).hasMessageStartingWith("server: ");
            return;
        }
        assertThat(vectors).hasSize(TEXTS).doesNotContainNull();
    }

    @Test
    void someInputs() throws Exception {
        Mutations.of(getClass(), "answer", 2_000, this::answer);
    }

    private record Answer(int statusCode, byte[] body) implements HttpResponse<byte[]> {
        @Override
        public HttpHeaders headers() {
            String text = new String(body, StandardCharsets.ISO_8859_1);
            return HttpHeaders.of(Map.of("Retry-After", List.of(text)), (name, value) -> true);
        }

        @Override
        public HttpRequest request() {
            return HttpRequest.newBuilder(uri()).build();
        }

        @Override
        public Optional<HttpResponse<byte[]>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return URI.create("http://server");
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }
}
