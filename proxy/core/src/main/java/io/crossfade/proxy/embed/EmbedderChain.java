package io.crossfade.proxy.embed;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.settings.Settings;
import io.crossfade.proxy.time.Time;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The embedder of a space, with everything around it that keeps it cheap, fair and bounded. */
public final class EmbedderChain implements Embedder {
    private final CachingEmbedder cache;
    private final BatchingEmbedder batches;
    private final BreakerEmbedder breaker;
    private final Embedder first;

    private EmbedderChain(Space space, Embedder model, EmbedderOptions options, Time time) {
        Budget budget = new Budget(options.requestsPerMinute(), options.tokensPerMinute(), time);
        // From the model outwards; a text travels from the last line to the first.
        breaker = new BreakerEmbedder(space.name(), options.breaker(), time, new SpaceVectors(space, model));
        Embedder retries = new RetryingEmbedder(options, budget, time, breaker);
        batches = new BatchingEmbedder(space.name(), options, budget, time, retries);
        cache = new CachingEmbedder(options.cacheBytes(), batches);
        first = new SpaceTexts(space, cache);
    }

    /**
     * Makes the embedder of a type.
     *
     * @param options of the chain and of the type's provider
     * @throws IllegalArgumentException if there is no such type, or an option is wrong
     */
    public static EmbedderChain create(
            Space space, String type, Map<String, Object> options, EmbedderProvider.Context context) {
        EmbedderOptions bound = Settings.bind(EmbedderOptions.class, options);
        return around(space, provider(type).create(space, bound.own(), context), bound, context.time());
    }

    /**
     * Checks the options of an embedder, and touches nothing that they name.
     *
     * @throws IllegalArgumentException if there is no such type, or an option is wrong
     */
    public static void check(Space space, String type, Map<String, Object> options) {
        provider(type)
                .check(space, Settings.bind(EmbedderOptions.class, options).own());
    }

    static EmbedderChain around(Space space, Embedder model, EmbedderOptions options, Time time) {
        return new EmbedderChain(space, model, options, time);
    }

    @Override
    public CompletableFuture<List<Embedding>> embed(List<String> texts, Use use) {
        return first.embed(texts, use);
    }

    @Override
    public CompletableFuture<List<Embedding>> embedAnew(List<String> texts, Use use) {
        return first.embedAnew(texts, use);
    }

    /** How it is doing; cheap enough to ask often. */
    public EmbedderStats stats() {
        return new EmbedderStats(cache.hits(), cache.misses(), batches.waiting(), batches.sent(), breaker.isOpen());
    }

    @Override
    public void close() {
        first.close();
    }

    private static EmbedderProvider provider(String type) {
        Map<String, EmbedderProvider> providers = new TreeMap<>();
        ServiceLoader.load(EmbedderProvider.class).forEach(each -> providers.put(each.type(), each));
        EmbedderProvider provider = providers.get(type);
        if (provider == null) {
            throw new IllegalArgumentException(
                    "type: " + type + " (expected: one of " + String.join(", ", providers.keySet()) + ")");
        }
        return provider;
    }
}
