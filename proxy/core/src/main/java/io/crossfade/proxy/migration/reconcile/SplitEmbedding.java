package io.crossfade.proxy.migration.reconcile;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.time.Cause;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Embeds the texts of a batch. A batch that fails is halved, and each half tried again, so that one text that the model
 * cannot take does not hold up the others. A model that fails for every text is told from that by a run of failures longer than
 * the way down to a single text: then the rest is given up untried. One run, by one caller; the stages follow one another.
 */
final class SplitEmbedding {
    private final Embedder embedder;
    private final Embedder.Use use;
    private final String field;
    private final Failed failed;
    private int mostInARow;
    private int inARow;

    /** Hears of a document whose text was not embedded. */
    @FunctionalInterface
    interface Failed {
        CompletableFuture<Void> tell(FollowerCopy copy, Throwable why);
    }

    SplitEmbedding(Embedder embedder, Embedder.Use use, String field, Failed failed) {
        this.embedder = embedder;
        this.use = use;
        this.field = field;
        this.failed = failed;
    }

    /** Completes when each document has its vector, or its failure has been told. */
    CompletableFuture<Void> run(List<FollowerCopy> copies) {
        mostInARow = Integer.SIZE - Integer.numberOfLeadingZeros(copies.size()) + 1;
        return embed(copies);
    }

    private CompletableFuture<Void> embed(List<FollowerCopy> copies) {
        return CompletableFuture.completedFuture(copies)
                .thenCompose(asked ->
                        embedder.embed(asked.stream().map(FollowerCopy::text).toList(), use))
                .thenAccept(vectors -> {
                    inARow = 0;
                    for (int i = 0; i < copies.size(); i++) {
                        copies.get(i).embedded(field, vectors.get(i));
                    }
                })
                .exceptionallyCompose(thrown -> halve(copies, Cause.of(thrown)));
    }

    private CompletableFuture<Void> halve(List<FollowerCopy> copies, Throwable why) {
        inARow++;
        boolean mayBeOneText = why instanceof EmbeddingException told && told.mayBeOneText() && inARow <= mostInARow;
        if (copies.size() == 1 || !mayBeOneText) {
            return tellAll(copies, why);
        }
        int half = copies.size() / 2;
        return embed(copies.subList(0, half)).thenCompose(done -> {
            List<FollowerCopy> others = copies.subList(half, copies.size());
            return inARow > mostInARow ? tellAll(others, why) : embed(others);
        });
    }

    private CompletableFuture<Void> tellAll(List<FollowerCopy> copies, Throwable why) {
        CompletableFuture<Void> steps = CompletableFuture.completedFuture(null);
        for (FollowerCopy copy : copies) {
            steps = steps.thenCompose(done -> failed.tell(copy, why));
        }
        return steps;
    }
}
