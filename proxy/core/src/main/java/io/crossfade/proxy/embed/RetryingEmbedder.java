package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Tries a request again, a bounded number of times: after a wait that doubles, or after the wait that the server asked
 * for, if that is not longer than the longest of ours. What the server asks for holds up all other requests as well.
 */
final class RetryingEmbedder implements Embedder {
    private final EmbedderOptions options;
    private final Budget budget;
    private final Time time;
    private final Embedder next;

    RetryingEmbedder(EmbedderOptions options, Budget budget, Time time, Embedder next) {
        this.options = options;
        this.budget = budget;
        this.time = time;
        this.next = next;
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        CompletableFuture<List<Embedding>> result = new CompletableFuture<>();
        attempt(texts, use, 1, result);
        return result;
    }

    @Override
    public void close() {
        next.close();
    }

    private void attempt(List<String> texts, Use use, int number, CompletableFuture<List<Embedding>> result) {
        Branches.take(next.embed(texts, use), (vectors, failure) -> {
            if (failure == null) {
                result.complete(vectors);
            } else {
                afterFailure(texts, use, number, result, EmbeddingException.of(failure));
            }
        });
    }

    private void afterFailure(
            List<String> texts, Use use, int number, CompletableFuture<List<Embedding>> result, EmbeddingException e) {
        boolean limited = e.kind() == EmbeddingException.Kind.LIMITED;
        Duration backoff = backoff(number);
        Duration wait = e.retryAfter().compareTo(backoff) > 0 ? e.retryAfter() : backoff;
        if (limited) {
            budget.pause(wait);
        }
        boolean retryable = limited || e.kind() == EmbeddingException.Kind.FAILED;
        if (!retryable || number >= options.attempts() || wait.compareTo(options.maxRetryWait()) > 0) {
            result.completeExceptionally(e);
            return;
        }
        time.after(wait, () -> {
            budget.spend(texts);
            attempt(texts, use, number + 1, result);
        });
    }

    private Duration backoff(int attempts) {
        Duration backoff = options.retryWait().multipliedBy(1L << Math.min(attempts - 1, 20));
        return backoff.compareTo(options.maxRetryWait()) > 0 ? options.maxRetryWait() : backoff;
    }
}
