package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import java.util.concurrent.CompletableFuture;

/**
 * A text in a queue.
 *
 * @param alone it was in a request that was refused, and is tried on its own to find out which text is to blame
 */
record WaitingText(String text, CompletableFuture<Embedding> vector, boolean alone) {
    WaitingText(String text) {
        this(text, new CompletableFuture<>(), false);
    }

    WaitingText asAlone() {
        return new WaitingText(text, vector, true);
    }
}
