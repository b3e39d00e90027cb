package io.crossfade.proxy.migration.admin;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.embed.SplitEmbedding;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.time.Time;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Embeds some texts, to see how long it takes, and which of them cannot be embedded. The model is asked for each of them, even
 * if its vector is known, because those of most documents will not be. Only what the model answers is timed, not what it
 * refuses. One run; the stages follow one another.
 */
final class EmbeddingTrial implements SplitEmbedding.Listener<String> {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Embedder embedder;
    private final Time time;
    private final Set<String> refused = new HashSet<>();
    private long nanos;
    private long embedded;
    private @Nullable Throwable failure;

    EmbeddingTrial(Embedder embedder, Time time) {
        this.embedder = embedder;
        this.time = time;
    }

    /** Fails if no text could be embedded, and not because of the texts. */
    CompletableFuture<EmbeddingTrial> of(List<String> texts) {
        return new SplitEmbedding<>(this::timed, Function.identity(), this)
                .run(texts)
                .thenCompose(done -> embedded == 0 && failure != null
                        ? CompletableFuture.failedFuture(failure)
                        : CompletableFuture.completedFuture(this));
    }

    private CompletableFuture<List<Embedding>> timed(List<String> texts) {
        long began = time.nanos();
        return embedder.embedAnew(texts, Embedder.Use.BACKFILL).thenApply(vectors -> {
            nanos += time.nanos() - began;
            return vectors;
        });
    }

    @Override
    public void embedded(String text, Embedding vector) {
        embedded++;
    }

    @Override
    public void notEmbedded(String text, Throwable why, boolean alone) {
        if (why instanceof EmbeddingException told && told.isPermanent()) {
            refused.add(text);
        } else {
            failure = why;
        }
    }

    /** The texts that the model will never embed. */
    Set<String> refused() {
        return refused;
    }

    /** Of those that were embedded; 0 if none was. */
    double secondsPerText() {
        return embedded == 0 ? 0 : nanos / NANOS_PER_SECOND / embedded;
    }
}
