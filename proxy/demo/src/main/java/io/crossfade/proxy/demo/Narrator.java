package io.crossfade.proxy.demo;

import io.crossfade.proxy.demo.report.Percentiles;
import io.crossfade.proxy.demo.report.Report;
import io.crossfade.proxy.terminal.LiveLine;
import io.crossfade.proxy.terminal.Quantity;
import io.crossfade.proxy.terminal.Table;
import io.crossfade.proxy.time.Time;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.CollectionStatus;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells the story while it happens, and how it ended. */
final class Narrator {
    private static final String INDENT = "       ";
    private static final int SHOWN_FINDINGS = 10;

    private final PrintWriter out;
    private final LiveLine live;
    private final Time time;
    private final long began;

    Narrator(PrintWriter out, boolean terminal, Time time) {
        this.out = out;
        this.live = new LiveLine(out, terminal, time);
        this.time = time;
        this.began = time.nanos();
    }

    /** A new act begins. */
    void act(String title) {
        live.clear();
        live.print("");
        live.print(clock() + "  " + title);
    }

    /** Something happened. */
    void note(String text) {
        live.clear();
        live.print(INDENT + text);
    }

    /** How a number grows. */
    void progress(String what, long done, long total) {
        live.update(INDENT + "[" + Quantity.bar((double) done / total) + "] " + Quantity.count(done) + " of "
                + Quantity.count(total) + " " + what);
    }

    /** How the migration stands. */
    void progress(CollectionStatus status) {
        if (!status.getMigrationIndex().isEmpty()) {
            live.update(INDENT + backfill(status.getBackfill()) + "pending " + Observer.pending(status) + "   breaker "
                    + Observer.breaker(status) + "   reads from " + status.getServingIndex());
        }
    }

    private static String backfill(BackfillStatus backfill) {
        if (backfill.getState() == BackfillStatus.State.STATE_DONE || backfill.getTotal() == 0) {
            return "";
        }
        String toGo = backfill.hasEtaSeconds()
                ? ", " + Quantity.rate(backfill.getDocumentsPerSecond()) + ", "
                        + Quantity.duration(backfill.getEtaSeconds()) + " to go"
                : "";
        return "[" + Quantity.bar((double) backfill.getCopied() / backfill.getTotal()) + "] "
                + Quantity.count(backfill.getCopied()) + " of " + Quantity.count(backfill.getTotal()) + toGo + "   ";
    }

    /** The end of the story. */
    void tell(Report report) {
        live.clear();
        Table latency = new Table("act", "calls", "p50 ms", "p99 ms");
        report.latencyMs().forEach((act, each) -> latency.row(act, Quantity.count(each.calls()), p50(each), p99(each)));
        Table figures = new Table("", "");
        figures.row("documents", Quantity.count(report.documents()))
                .row("calls", Quantity.count(report.calls()))
                .row("acked writes", Quantity.count(report.ackedWrites()))
                .row("failed calls", report.failedCalls())
                .row("  of these while the new index was down", report.outageFailedCalls())
                .row("writes made again, outcome unknown", report.writtenAgain())
                .row("lost writes", report.lostWrites())
                .row("missing", report.missing())
                .row("extra", report.extra())
                .row("stale", report.stale())
                .row("resurrected", report.resurrected())
                .row("wrong space", report.wrongSpace())
                .row("parked", report.parked())
                .row("stale reads", report.staleReads())
                .row("MRR@10, old model", decimals("%.3f", report.mrrAt10Before()))
                .row("MRR@10, new model", decimals("%.3f", report.mrrAt10After()))
                .row("slowest flip, ms", decimals("%.0f", report.flipMs()))
                .row("rollback, ms", decimals("%.0f", report.rollbackMs()))
                .row("backfill, documents/s", decimals("%.0f", report.backfillDocsPerS()))
                .row("seconds", decimals("%.0f", report.seconds()));
        out.println();
        out.print(latency);
        out.print(figures);
        out.println();
        report.findings().stream().limit(SHOWN_FINDINGS).forEach(finding -> out.println("  " + finding));
        out.println(
                report.isClean()
                        ? "Nothing lost, no call failed, both indexes hold the same."
                        : "Something went wrong: see the counts above that are not 0.");
        out.flush();
    }

    private String clock() {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(time.nanos() - began);
        return String.format(Locale.ROOT, "%2d:%02d", seconds / 60, seconds % 60);
    }

    private static String p50(Percentiles percentiles) {
        return decimals("%.1f", percentiles.p50());
    }

    private static String p99(Percentiles percentiles) {
        return decimals("%.1f", percentiles.p99());
    }

    private static String decimals(String format, double number) {
        return String.format(Locale.ROOT, format, number);
    }
}
