package io.crossfade.proxy.migrations.measure;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.proxy.demo.report.Percentiles;
import io.crossfade.proxy.kit.time.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What came out of a run: as JSON, and as tables for docs/engines.md. */
record Report(
        String engine,
        boolean testDouble,
        String java,
        int processors,
        Settings settings,
        Copies.Measured copies,
        Map<String, Spread> ratios,
        List<Latency.Measured> latency,
        Recall recall) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    void write(Path file) throws IOException {
        JSON.writeValue(
                Files.createDirectories(file.toAbsolutePath().getParent())
                        .resolve(file.getFileName())
                        .toFile(),
                this);
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s%s, %,d documents of 384 dimensions, JDK %s, %d processors; medians (lowest–highest) of %d.%n%n",
                engine,
                testDouble ? " (no figure of a server)" : "",
                settings.documents(),
                java,
                processors,
                settings.repeats()));
        text.append("| | documents/s | times the engine's own client |\n|---|---|---|\n");
        copies.rates()
                .keySet()
                .forEach(what -> text.append("| ")
                        .append(what)
                        .append(" | ")
                        .append(copies.rate(what).show("%.0f"))
                        .append(" | ")
                        .append(ratios.containsKey(what) ? ratios.get(what).show("%.2f") : "")
                        .append(" |\n"));
        text.append("\n| ms | callers | directly: p50, p99 | through the sidecar: p50, p99 | added: p50, p99 |\n"
                + "|---|---|---|---|---|\n");
        latency.forEach(each -> text.append(String.format(
                Locale.ROOT,
                "| %s, %s | %d | %s, %s | %s, %s | %s, %s |%n",
                each.phase(),
                each.operation().name().toLowerCase(Locale.ROOT),
                each.callers(),
                each.of(each.directly(), Percentiles::p50).show("%.2f"),
                each.of(each.directly(), Percentiles::p99).show("%.1f"),
                each.of(each.through(), Percentiles::p50).show("%.2f"),
                each.of(each.through(), Percentiles::p99).show("%.1f"),
                each.added(Percentiles::p50).show("%.2f"),
                each.added(Percentiles::p99).show("%.1f"))));
        text.append(String.format(
                Locale.ROOT,
                "%n| recall@10 of %d queries | |%n|---|---|%n| unfiltered | %.3f |%n| filter that %.1f %% pass | %.3f |%n",
                recall.queries(),
                recall.unfiltered(),
                100 * recall.share(),
                recall.filtered()));
        return text.toString();
    }
}
