package io.crossfade.proxy.demo.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.check.Damage;
import io.crossfade.proxy.demo.check.Damage.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The outcome in figures; its JSON form is what {@code --report} writes.
 *
 * @param primary what the collection was in at first: {@code embedded}, or an engine with its version
 * @param calls that the app made; failed is what failed after the client's ordinary retries
 * @param outageFailedCalls the failed ones that began while the migration index was frozen, dead, lost or catching up
 * @param writtenAgain writes that the app made again because nobody knew whether they had been done
 * @param lostWrites acked writes that the serving index does not show at the end
 * @param missing documents, of both indexes together, as are the next four
 * @param staleReads reads that showed what an acked write had already replaced
 * @param latencyMs by act
 * @param flipMs the slowest flip, as its caller saw it
 * @param backfillDocsPerS while backfill ran beside the app and nothing was broken
 * @param findings damage and failures in words, the first ones
 */
public record Report(
        @JsonProperty("primary") String primary,
        @JsonProperty("documents") int documents,
        @JsonProperty("seed") long seed,
        @JsonProperty("calls") long calls,
        @JsonProperty("acked_writes") long ackedWrites,
        @JsonProperty("failed_calls") long failedCalls,
        @JsonProperty("outage_failed_calls") long outageFailedCalls,
        @JsonProperty("written_again") long writtenAgain,
        @JsonProperty("lost_writes") long lostWrites,
        @JsonProperty("missing") long missing,
        @JsonProperty("extra") long extra,
        @JsonProperty("stale") long stale,
        @JsonProperty("resurrected") long resurrected,
        @JsonProperty("wrong_space") long wrongSpace,
        @JsonProperty("parked") long parked,
        @JsonProperty("stale_reads") long staleReads,
        @JsonProperty("mrr_at_10_before") double mrrAt10Before,
        @JsonProperty("mrr_at_10_after") double mrrAt10After,
        @JsonProperty("latency_ms") Map<String, Percentiles> latencyMs,
        @JsonProperty("flips") int flips,
        @JsonProperty("flip_ms") double flipMs,
        @JsonProperty("rollback_ms") double rollbackMs,
        @JsonProperty("backfill_docs_per_s") double backfillDocsPerS,
        @JsonProperty("seconds") double seconds,
        @JsonProperty("findings") List<String> findings) {
    static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static final int MOST_FINDINGS = 50;

    public static Report of(Run run) {
        List<Call> failed = run.calls().stream().filter(Call::failed).toList();
        List<Call> stale =
                run.calls().stream().filter(call -> call.stale() != null).toList();
        return new Report(
                run.primary(),
                run.documents(),
                run.seed(),
                run.calls().size(),
                run.calls().stream().mapToLong(Call::ackedWrites).sum(),
                failed.size(),
                failed.stream()
                        .filter(call -> Pace.duringOutage(run, call.at()))
                        .count(),
                run.calls().stream().mapToLong(Call::again).sum(),
                sum(run, Kind.LOST_WRITES),
                sum(run, Kind.MISSING),
                sum(run, Kind.EXTRA),
                sum(run, Kind.STALE),
                sum(run, Kind.RESURRECTED),
                sum(run, Kind.WRONG_SPACE),
                run.parked(),
                stale.size(),
                run.mrrBefore(),
                run.mrrAfter(),
                Latency.byAct(run.calls(), run.acts()),
                run.flipMillis().size(),
                run.flipMillis().stream().mapToDouble(each -> each).max().orElse(0),
                run.rollbackMillis(),
                Pace.documentsPerSecond(run),
                run.seconds(),
                findings(run.damage(), failed, stale));
    }

    /** Whether nothing at all went wrong. */
    @JsonIgnore
    public boolean isClean() {
        return failedCalls + outageFailedCalls + staleReads + parked == 0
                && lostWrites + missing + extra + stale + resurrected + wrongSpace == 0;
    }

    public String toJson() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report has a JSON form", e);
        }
    }

    private static long sum(Run run, Kind kind) {
        return run.damage().values().stream()
                .mapToLong(damage -> damage.count(kind))
                .sum();
    }

    private static List<String> findings(Map<String, Damage> damage, List<Call> failed, List<Call> stale) {
        Stream<String> damaged = damage.values().stream().flatMap(each -> each.findings().stream());
        Stream<String> failures = failed.stream().map(call -> "failed call: " + call.operation() + ": " + call.error());
        Stream<String> stales = stale.stream().map(call -> "stale read: " + call.stale());
        return Stream.of(damaged, failures, stales)
                .flatMap(each -> each)
                .limit(MOST_FINDINGS)
                .toList();
    }
}
