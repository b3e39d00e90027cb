package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedder whose model is still being loaded: calls wait for it, so that the sidecar serves all others meanwhile.
 */
public final class LoadingEmbedder implements Embedder {
    private static final Logger LOG = LoggerFactory.getLogger(LoadingEmbedder.class);

    private final CompletableFuture<EmbedderChain> loading;

    /**
     * @param name of the space, for the log
     */
    public LoadingEmbedder(String name, Supplier<EmbedderChain> loader, Executor executor) {
        loading = CompletableFuture.supplyAsync(loader, executor).whenComplete((loaded, failed) -> {
            if (failed != null) {
                LOG.error("the embedder of space {} cannot be used: {}", name, Cause.message(failed));
            }
        });
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        return loading.exceptionallyCompose(failed -> CompletableFuture.failedFuture(
                        new EmbeddingException(Cause.message(failed), false, Cause.of(failed))))
                .thenCompose(embedder -> embedder.embed(texts, use));
    }

    /** Figures of the model; empty while it is being loaded, and if it cannot be. */
    public Optional<EmbedderStats> stats() {
        return loading.isDone() && !loading.isCompletedExceptionally()
                ? Optional.of(loading.join().stats())
                : Optional.empty();
    }

    @Override
    public void close() {
        Branches.take(loading, (loaded, failed) -> {
            if (loaded != null) {
                loaded.close();
            }
        });
    }
}
