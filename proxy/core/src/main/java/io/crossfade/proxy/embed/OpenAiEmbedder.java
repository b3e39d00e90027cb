package io.crossfade.proxy.embed;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.proxy.embed.OpenAiEmbedderProvider.OpenAiOptions;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sends texts to a server, one HTTP request for each call. LangChain4j's client blocks and hides Retry-After. */
final class OpenAiEmbedder implements Embedder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BYTES_PER_NUMBER = 32;
    private static final int MAX_BYTES_BESIDE_NUMBERS = 1 << 20;

    private final String name;
    private final Space space;
    private final OpenAiOptions options;
    private final URI uri;
    private final HttpClient client;
    private final OpenAiReply replies;
    private final Time time;

    OpenAiEmbedder(Space space, OpenAiOptions options, EmbedderProvider.Context context) {
        this.space = space;
        this.options = options;
        this.time = context.time();
        this.uri = URI.create(options.url().replaceAll("/+$", "") + "/embeddings");
        this.name = "embedder of space " + space.name() + ": " + uri;
        this.replies = new OpenAiReply(name, context.time());
        // The upgrade to HTTP/2 that a Java client offers by default confuses some of these servers.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(options.timeout())
                .executor(context.blocking())
                .build();
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(request(texts), BoundedBody.of(maxBytes(texts)));
        CompletableFuture<HttpResponse<byte[]>> inTime = new CompletableFuture<>();
        // Unlike the client's own timeout, this one covers the body.
        Time.Timer timeout = time.after(options.timeout(), () -> {
            inTime.completeExceptionally(
                    new EmbeddingException(name + ": no answer within " + options.timeout(), false, null));
            sent.cancel(true);
        });
        Branches.take(sent, (response, failure) -> {
            timeout.cancel();
            if (failure == null) {
                inTime.complete(response);
            } else {
                inTime.completeExceptionally(unreachable(failure));
            }
        });
        return inTime.thenApply(response -> replies.vectors(response, texts.size()));
    }

    @Override
    public void close() {}

    private HttpRequest request(List<String> texts) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(texts)));
        if (!options.apiKey().isEmpty()) {
            request.header("Authorization", "Bearer " + options.apiKey());
        }
        return request.build();
    }

    private String body(List<String> texts) {
        ObjectNode body = JSON.createObjectNode();
        body.put("model", options.model() == null ? space.model() : options.model());
        texts.forEach(body.putArray("input")::add);
        if (options.dimensions() != null) {
            body.put("dimensions", options.dimensions());
        }
        return body.toString();
    }

    private long maxBytes(List<String> texts) {
        return (long) texts.size() * space.dimensions() * MAX_BYTES_PER_NUMBER + MAX_BYTES_BESIDE_NUMBERS;
    }

    private EmbeddingException unreachable(Throwable failure) {
        Throwable cause = Cause.of(failure);
        return new EmbeddingException(name + ": " + cause, false, cause);
    }
}
