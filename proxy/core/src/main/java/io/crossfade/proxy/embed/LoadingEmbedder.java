package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An embedder whose model is still being loaded: calls wait for it, so that the sidecar serves all others meanwhile. Once
 * it is loaded, a text of its own is embedded, to see whether it is the model that the space needs. As long as none has been
 * embedded, and the answer is that none can be, it is broken, and tried again from time to time. One that has worked is not
 * called broken any more: a server that goes away later says nothing about this sidecar.
 */
public final class LoadingEmbedder implements Embedder {
    private static final Logger LOG = LoggerFactory.getLogger(LoadingEmbedder.class);
    private static final List<String> TRIED = List.of("crossfade");
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);

    private final String name;
    private final Time time;
    private final CompletableFuture<EmbedderChain> loading;
    private final AtomicReference<@Nullable String> broken = new AtomicReference<>();
    private volatile boolean worked;
    private volatile boolean closed;

    /**
     * @param name of the space, for the log
     */
    public LoadingEmbedder(String name, Supplier<EmbedderChain> loader, Executor executor, Time time) {
        this.name = name;
        this.time = time;
        loading = CompletableFuture.supplyAsync(loader, executor);
        tryOut();
    }

    private void tryOut() {
        Branches.take(embed(TRIED, Use.QUERY), (vectors, failed) -> {
            if (broken.get() != null && !closed) {
                time.after(BETWEEN_TRIES, this::tryOut);
            }
        });
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        return judged(model -> model.embed(texts, use));
    }

    @Override
    public CompletableFuture<List<Embedding>> embedAnew(List<String> texts, Use use) {
        return judged(model -> model.embedAnew(texts, use));
    }

    private CompletableFuture<List<Embedding>> judged(
            Function<EmbedderChain, CompletableFuture<List<Embedding>>> call) {
        return loading.exceptionallyCompose(failed -> CompletableFuture.failedFuture(
                        EmbeddingException.misconfigured(Cause.message(failed), Cause.of(failed))))
                .thenCompose(call)
                .whenComplete((vectors, failed) -> judge(failed == null ? null : EmbeddingException.of(failed)));
    }

    private void judge(@Nullable EmbeddingException failed) {
        if (failed == null) {
            worked = true;
            if (broken.getAndSet(null) != null) {
                LOG.info("the embedder of space {} can be used now", name);
            }
        } else if (failed.isMisconfigured() && !worked) {
            String why = String.valueOf(failed.getMessage());
            if (!why.equals(broken.getAndSet(why))) {
                LOG.error("the embedder of space {} cannot be used: {}", name, why);
            }
        }
    }

    @Override
    public Optional<String> broken() {
        return Optional.ofNullable(broken.get());
    }

    /** Figures of the model; empty while it is being loaded, and if it cannot be. */
    public Optional<EmbedderStats> stats() {
        return loading.isDone() && !loading.isCompletedExceptionally()
                ? Optional.of(loading.join().stats())
                : Optional.empty();
    }

    @Override
    public void close() {
        closed = true;
        Branches.take(loading, (loaded, failed) -> {
            if (loaded != null) {
                loaded.close();
            }
        });
    }
}
