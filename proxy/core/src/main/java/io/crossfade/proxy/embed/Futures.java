package io.crossfade.proxy.embed;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Futures of many. */
final class Futures {
    private Futures() {}

    /** All the values in order, or the first failure. */
    static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }
}
