package io.crossfade.proxy.demo.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.check.Damage;
import io.crossfade.proxy.demo.check.Damage.Kind;
import io.crossfade.proxy.demo.report.Latency.Slot;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report as one HTML file that needs nothing else: the figures, put into a template that draws them. */
public final class Page {
    private static final String PLACEHOLDER = "/*DATA*/null";

    private Page() {}

    /** What the template draws. Times are seconds since the start. */
    private record Data(
            Report report,
            boolean clean,
            List<Band> acts,
            List<Mark> events,
            List<Slot> reads,
            List<Slot> writes,
            List<State> states,
            List<Map<String, Object>> damage) {}

    private record Band(String name, String title, boolean trouble, double from, double to) {}

    private record Mark(String act, double t, String title) {}

    private record State(double t, double copied, long pending, String breaker, String phase, String serving) {}

    public static String html(Run run, Report report) throws IOException {
        return template().replace(PLACEHOLDER, json(data(run, report)));
    }

    private static Data data(Run run, Report report) {
        long start = run.start();
        return new Data(
                report,
                report.isClean(),
                run.acts().stream()
                        .map(act -> new Band(
                                act.name(),
                                act.title(),
                                act.trouble(),
                                seconds(act.from(), start),
                                seconds(act.to(), start)))
                        .toList(),
                run.events().stream()
                        .map(event -> new Mark(event.act(), seconds(event.at(), start), event.title()))
                        .toList(),
                Latency.bySecond(run.calls(), start, call -> !call.operation().isWrite()),
                Latency.bySecond(
                        run.calls(),
                        start,
                        call -> call.operation().isWrite() && call.operation() != Call.Operation.LOAD),
                run.samples().stream()
                        .map(sample -> new State(
                                seconds(sample.at(), start),
                                sample.total() == 0 ? 0 : (double) sample.copied() / sample.total(),
                                sample.pending(),
                                sample.breaker(),
                                sample.phase(),
                                sample.servingIndex()))
                        .toList(),
                run.damage().entrySet().stream()
                        .map(each -> row(each.getKey(), each.getValue()))
                        .toList());
    }

    private static Map<String, Object> row(String index, Damage damage) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("index", index);
        for (Kind kind : Kind.values()) {
            row.put(kind.name().toLowerCase(Locale.ROOT), damage.count(kind));
        }
        return row;
    }

    private static double seconds(long at, long start) {
        return (at - start) / 1_000.0;
    }

    /** For a script element: nothing in it may look like the element's end. */
    private static String json(Data data) {
        try {
            return Report.JSON
                    .writer()
                    .without(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(data)
                    .replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the page's data has a JSON form", e);
        }
    }

    private static String template() throws IOException {
        try (InputStream in = Page.class.getResourceAsStream("page.html")) {
            if (in == null) {
                throw new IllegalStateException("class path: no page.html beside " + Page.class.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
