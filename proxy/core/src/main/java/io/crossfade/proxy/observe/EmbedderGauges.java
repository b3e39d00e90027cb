package io.crossfade.proxy.observe;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbedderStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Gauges of how the embedders are doing, by space, as seen at the last look. */
final class EmbedderGauges {
    private final Supplier<Map<String, EmbedderStats>> source;
    private final MeterRegistry registry;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    EmbedderGauges(Supplier<Map<String, EmbedderStats>> source, MeterRegistry registry) {
        this.source = source;
        this.registry = registry;
    }

    private static final class Seen {
        private volatile EmbedderStats stats;

        Seen(EmbedderStats stats) {
            this.stats = stats;
        }
    }

    void look() {
        source.get().forEach((space, stats) -> {
            Seen last = seen.computeIfAbsent(space, first -> register(space, new Seen(stats)));
            last.stats = stats;
        });
    }

    private Seen register(String space, Seen last) {
        counter("cache.hits", "Texts whose vector was known, or under way already", space, last, EmbedderStats::hits);
        counter("cache.misses", "Texts that had to be embedded", space, last, EmbedderStats::misses);
        counter("texts", "Texts given to the model, retries not counted", space, last, EmbedderStats::sent);
        Gauge.builder("crossfade.embedder.breaker.open", () -> last.stats.breakerOpen() ? 1 : 0)
                .description("1 while a failing model is left alone")
                .tag("space", space)
                .register(registry);
        for (Embedder.Use use : Embedder.Use.values()) {
            Gauge.builder(
                            "crossfade.embedder.waiting",
                            () -> last.stats.waiting().getOrDefault(use, 0))
                    .description("Texts that wait for the model, by what they are for")
                    .tag("space", space)
                    .tag("use", use.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        return last;
    }

    private void counter(
            String metric, String description, String space, Seen last, ToDoubleFunction<EmbedderStats> value) {
        FunctionCounter.builder("crossfade.embedder." + metric, last, now -> value.applyAsDouble(now.stats))
                .description(description)
                .tag("space", space)
                .register(registry);
    }
}
