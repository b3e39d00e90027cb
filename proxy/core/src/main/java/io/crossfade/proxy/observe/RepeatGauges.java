package io.crossfade.proxy.observe;

import io.crossfade.proxy.serve.Repeats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What one collection remembers of answered writes, as seen at the last look: an immutable report that each scrape replaces. */
final class RepeatGauges {
    private static final double NANOS = 1e9;

    private final String collection;
    private final Supplier<Repeats.Report> source;
    private final MeterRegistry registry;
    private volatile Repeats.Report seen;

    RepeatGauges(String collection, Supplier<Repeats.Report> source, MeterRegistry registry) {
        this.collection = collection;
        this.source = source;
        this.registry = registry;
        this.seen = source.get();
        gauge(
                "crossfade.write.ids",
                "Calls with a write_id whose answer is kept, or that are under way",
                Repeats.Report::ids);
        gauge("crossfade.write.ids.bytes", "Memory that these answers take", Repeats.Report::bytes);
        gauge(
                "crossfade.write.ids.window.seconds",
                "How long answers are kept: write_ids.window, or less while there is no room for more",
                report -> report.window().toNanos() / NANOS);
        counter(
                "crossfade.write.ids.repeats",
                "Repeated calls that got the answer of the first, or waited for it",
                Repeats.Report::repeated);
        counter(
                "crossfade.write.ids.conflicts",
                "Calls that were refused because their write_id belongs to another call",
                Repeats.Report::conflicts);
    }

    void look() {
        seen = source.get();
    }

    private void gauge(String metric, String description, ToDoubleFunction<Repeats.Report> value) {
        Gauge.builder(metric, () -> value.applyAsDouble(seen))
                .description(description)
                .tag("collection", collection)
                .register(registry);
    }

    private void counter(String metric, String description, ToDoubleFunction<Repeats.Report> value) {
        FunctionCounter.builder(metric, this, self -> value.applyAsDouble(self.seen))
                .description(description)
                .tag("collection", collection)
                .register(registry);
    }
}
