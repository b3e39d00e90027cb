package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Lets only vectors of the space pass: as many as there were texts, of its dimensions, finite, and normalised. */
final class SpaceVectors implements Embedder {
    private final Space space;
    private final Embedder model;

    SpaceVectors(Space space, Embedder model) {
        this.space = space;
        this.model = model;
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        return ask(texts, use).thenApply(vectors -> {
            if (vectors.size() != texts.size()) {
                throw failure(vectors.size() + " vectors (expected: " + texts.size() + ", one for each text)", false);
            }
            return vectors.stream().map(this::checked).toList();
        });
    }

    private CompletableFuture<List<Embedding>> ask(List<String> texts, Use use) {
        try {
            return model.embed(texts, use);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Embedding checked(Embedding vector) {
        if (vector.dimensions() != space.dimensions()) {
            // Not the fault of the text: it can be embedded once the model or the space is put right.
            throw EmbeddingException.misconfigured(
                    "embedder of space " + space.name() + ": " + vector.dimensions() + " dimensions (expected: "
                            + space.dimensions() + ")",
                    null);
        }
        int notFinite = vector.firstNotFinite();
        if (notFinite >= 0) {
            throw failure(vector.get(notFinite) + " at [" + notFinite + "] (expected: finite numbers)", true);
        }
        return space.normalised() ? vector.normalised() : vector;
    }

    private EmbeddingException failure(String message, boolean permanent) {
        return new EmbeddingException("embedder of space " + space.name() + ": " + message, permanent, null);
    }

    @Override
    public void close() {
        model.close();
    }
}
