package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.time.Cause;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Embeds the texts of a batch. A batch that fails is halved, and each half tried again, so that one text that the model
 * cannot take does not hold up the others. A model that fails for every text is told from that by a run of failures longer than
 * the way down to a single text: then the rest is given up untried. A model that refuses texts works, so each of them is found.
 * One run, by one caller; the stages follow one another.
 *
 * @param <T> what has a text
 */
public final class SplitEmbedding<T> {
    private final Function<List<String>, CompletableFuture<List<Embedding>>> model;
    private final Function<T, String> text;
    private final Listener<T> listener;
    private int mostInARow;
    private int inARow;
    private @Nullable Throwable last;

    /** Hears what has become of each. */
    public interface Listener<T> {
        void embedded(T each, Embedding vector);

        /**
         * Hears of one whose text was not embedded.
         *
         * @param alone the model was asked for this text by itself; else it failed for several, or was not asked any more
         */
        void notEmbedded(T each, Throwable why, boolean alone);
    }

    /**
     * @param model asked for vectors in the order of the texts
     */
    public SplitEmbedding(
            Function<List<String>, CompletableFuture<List<Embedding>>> model,
            Function<T, String> text,
            Listener<T> listener) {
        this.model = model;
        this.text = text;
        this.listener = listener;
    }

    /** Completes when each has its vector, or its failure has been told. */
    public CompletableFuture<Void> run(List<T> all) {
        mostInARow = Integer.SIZE - Integer.numberOfLeadingZeros(all.size()) + 1;
        return embed(all);
    }

    private CompletableFuture<Void> embed(List<T> some) {
        return CompletableFuture.completedFuture(some)
                .thenCompose(asked -> model.apply(asked.stream().map(text).toList()))
                .thenAccept(vectors -> {
                    inARow = 0;
                    for (int i = 0; i < some.size(); i++) {
                        listener.embedded(some.get(i), vectors.get(i));
                    }
                })
                .exceptionallyCompose(thrown -> halve(some, Cause.of(thrown)));
    }

    private CompletableFuture<Void> halve(List<T> some, Throwable why) {
        boolean isRefusal = why instanceof EmbeddingException told && told.isPermanent();
        inARow = isRefusal ? 0 : inARow + 1;
        last = why;
        boolean mayBeOneText = why instanceof EmbeddingException told && told.mayBeOneText() && inARow <= mostInARow;
        if (some.size() == 1 || !mayBeOneText) {
            return tellAll(some, why, some.size() == 1);
        }
        int half = some.size() / 2;
        return embed(some.subList(0, half)).thenCompose(done -> {
            List<T> others = some.subList(half, some.size());
            return inARow > mostInARow && last != null ? tellAll(others, last, false) : embed(others);
        });
    }

    private CompletableFuture<Void> tellAll(List<T> some, Throwable why, boolean alone) {
        some.forEach(each -> listener.notEmbedded(each, why, alone));
        return CompletableFuture.completedFuture(null);
    }
}
