package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A model that answers when the test says so. */
final class ScriptedModel implements Embedder {
    record Request(List<String> texts, Use use, CompletableFuture<List<Embedding>> reply) {
        void answer() {
            reply.complete(texts.stream().map(ScriptedModel::vector).toList());
        }

        void fail(RuntimeException failure) {
            reply.completeExceptionally(failure);
        }
    }

    private final List<Request> requests = new ArrayList<>();
    private boolean closed;

    @Override
    public synchronized CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        Request request = new Request(texts, use, new CompletableFuture<>());
        requests.add(request);
        return request.reply;
    }

    /** Of the text's length and first character, unless the test wants another. */
    static Embedding vector(String text) {
        return Embedding.of(text.length(), text.charAt(0));
    }

    synchronized List<Request> requests() {
        return List.copyOf(requests);
    }

    Request request(int number) {
        return requests().get(number);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
