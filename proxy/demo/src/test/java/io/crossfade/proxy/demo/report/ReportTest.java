package io.crossfade.proxy.demo.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.Call.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private final Run run = Story.run();

    @Test
    void json_hasEveryPromisedField() throws IOException {
        JsonNode json = new JsonMapper().readTree(Report.of(run).toJson());

        assertThat(json.fieldNames())
                .toIterable()
                .contains(
                        "primary",
                        "documents",
                        "calls",
                        "acked_writes",
                        "failed_calls",
                        "outage_failed_calls",
                        "written_again",
                        "lost_writes",
                        "missing",
                        "extra",
                        "stale",
                        "resurrected",
                        "wrong_space",
                        "parked",
                        "mrr_at_10_before",
                        "mrr_at_10_after",
                        "latency_ms",
                        "flips",
                        "flip_ms",
                        "rollback_ms",
                        "backfill_docs_per_s",
                        "seconds");
        assertThat(json.at("/latency_ms/outage/p99").asDouble())
                .isGreaterThan(json.at("/latency_ms/outage/p50").asDouble());
        assertThat(json.get("flip_ms").asDouble()).isEqualTo(212);
        assertThat(json.get("seconds").asDouble()).isEqualTo(130);
    }

    @Test
    void nothingWrong_clean() {
        assertThat(Report.of(run).isClean()).isTrue();
    }

    @Test
    void failedCallDuringOutage_countedTwiceAndNotClean() {
        Report report = Report.of(with(call(45, "UNAVAILABLE: down", null)));

        assertThat(report.failedCalls()).isEqualTo(1);
        assertThat(report.outageFailedCalls()).isEqualTo(1);
        assertThat(report.isClean()).isFalse();
        assertThat(report.findings()).containsExactly("failed call: FETCH: UNAVAILABLE: down");
    }

    @Test
    void staleRead_notClean() {
        Report report = Report.of(with(call(100, null, "old")));

        assertThat(report.staleReads()).isEqualTo(1);
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void backfillRate_leavesOutWhatWasBroken() {
        assertThat(Report.of(run).backfillDocsPerS()).isCloseTo(82, within(8.0));
    }

    @Test
    void page_isOneFileThatLoadsNothing(@TempDir Path folder) throws IOException {
        String html = Page.html(run, Report.of(run));
        Path file = Files.writeString(folder.resolve("demo.html"), html);

        assertThat(file).isNotEmptyFile();
        assertThat(html)
                .doesNotContain("/*DATA*/")
                .doesNotContain("src=")
                .doesNotContain("href=")
                .doesNotContain("@import");
        assertThat(html).contains("\"title\":\"The new index is down\"");
    }

    @Test
    void page_textsCannotEndTheScript() throws IOException {
        Run hostile = with(call(45, "</script><b>", null));

        assertThat(Page.html(hostile, Report.of(hostile))).doesNotContain("</script><b>");
    }

    private Run with(Call call) {
        List<Call> calls = new ArrayList<>(run.calls());
        calls.add(call);
        return new Run(
                run.primary(),
                run.documents(),
                run.seed(),
                calls,
                run.acts(),
                run.events(),
                run.samples(),
                run.damage(),
                run.parked(),
                run.mrrBefore(),
                run.mrrAfter(),
                run.flipMillis(),
                run.rollbackMillis());
    }

    private Call call(
            double second,
            @org.jspecify.annotations.Nullable String error,
            @org.jspecify.annotations.Nullable String stale) {
        return new Call(run.start() + (long) (second * 1_000), 1_000, Operation.FETCH, 0, error, stale, List.of());
    }
}
