package io.crossfade.proxy.observe;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.embed.EmbedderStats;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.serve.Repeats;
import io.crossfade.proxy.time.Time;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The metrics of one sidecar; docs/metrics.md lists them. Calls are measured as they pass. Everything else is read when
 * somebody scrapes, once per scrape, so that it costs nothing in between. Safe for use by many threads.
 */
public final class Metrics implements Observer, AutoCloseable {
    private final Time time;
    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final List<Runnable> looks = new CopyOnWriteArrayList<>();

    public Metrics(Time time) {
        this.time = time;
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock(time));
    }

    /** Shows the process: memory, threads, processors. It takes a while, so it is for later than the start. */
    public void watchProcess() {
        List<MeterBinder> process = List.of(
                collections,
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
        process.forEach(binder -> binder.bindTo(registry));
    }

    private static Clock clock(Time time) {
        return new Clock() {
            @Override
            public long wallTime() {
                return time.wallMillis();
            }

            @Override
            public long monotonicTime() {
                return time.nanos();
            }
        };
    }

    /** Measures the collection, and logs its migrations. */
    @Override
    public CollectionObserver of(String collection) {
        return new MigrationLog(collection, time) {
            @Override
            public Collection measured(Collection measured) {
                return new MeasuredCollection(collection, measured, registry, time);
            }

            /** Shows a collection's status, asked for once per scrape. */
            @Override
            public void watch(Supplier<Status> status) {
                looks.add(new CollectionGauges(collection, status, registry)::look);
            }

            @Override
            public void watchRepeats(Supplier<Repeats.Report> repeats) {
                looks.add(new RepeatGauges(collection, repeats, registry)::look);
            }
        };
    }

    /**
     * Shows embedders, also those that are opened later.
     *
     * @param stats by space; asked once per scrape
     */
    public void watchEmbedders(Supplier<Map<String, EmbedderStats>> stats) {
        looks.add(new EmbedderGauges(stats, registry)::look);
    }

    /** Shows how many data calls are being worked on, and how many may be. */
    public void watchCalls(IntSupplier running, int limit) {
        Gauge.builder("crossfade.data.calls.in.flight", running::getAsInt)
                .description("Data calls of all collections that are being worked on, held writes included")
                .register(registry);
        Gauge.builder("crossfade.data.calls.limit", () -> limit)
                .description("Data calls beyond this number are refused")
                .register(registry);
    }

    /** All metrics as Prometheus text, format 0.0.4. */
    public String scrape() {
        looks.forEach(Runnable::run);
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
