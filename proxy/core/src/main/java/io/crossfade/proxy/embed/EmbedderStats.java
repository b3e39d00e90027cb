package io.crossfade.proxy.embed;

import java.util.Map;

/**
 * How an embedder is doing.
 *
 * @param hits texts found in the cache, or already under way
 * @param misses texts that had to be embedded
 * @param waiting texts in the queue of each use
 * @param sent texts given to the model, retries not counted
 * @param breakerOpen the model is left alone
 */
public record EmbedderStats(
        long hits, long misses, Map<Embedder.Use, Integer> waiting, long sent, boolean breakerOpen) {
    public EmbedderStats {
        waiting = Map.copyOf(waiting);
    }
}
