package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Turns text into vectors of one space. Asynchronous; safe for use by many threads. */
public interface Embedder extends AutoCloseable {
    /** On whose behalf texts are embedded; the first is served first when a budget is short. */
    enum Use {
        QUERY,
        LIVE_WRITE,
        REPLAY,
        BACKFILL
    }

    /**
     * Embeds texts as the space prescribes (prefix, cut, normalisation), any number of them; the vectors are in the
     * order of the texts. Fails with an {@link EmbeddingException}.
     */
    CompletableFuture<List<Embedding>> embed(List<String> texts, Use use);

    /**
     * Embeds as {@link #embed} does, but has the model asked for each of the texts, also if their vectors are known: for
     * whoever wants to know how long that takes.
     */
    default CompletableFuture<List<Embedding>> embedAnew(List<String> texts, Use use) {
        return embed(texts, use);
    }

    /** Why no text at all can be embedded before the configuration is changed; empty if nothing is known to be wrong. */
    default Optional<String> broken() {
        return Optional.empty();
    }

    @Override
    void close();
}
