package io.crossfade.proxy.observe;

import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.identity.Vouch;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.Doubt;
import io.crossfade.proxy.model.Phase;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Gauges of where one collection stands, as seen at the last look: an immutable status that each scrape replaces. */
final class CollectionGauges {

    private final String collection;
    private final Supplier<Status> source;
    private final MeterRegistry registry;
    private volatile Status seen;

    CollectionGauges(String collection, Supplier<Status> source, MeterRegistry registry) {
        this.collection = collection;
        this.source = source;
        this.registry = registry;
        this.seen = source.get();
        registerRoute();
        registerJournal();
        registerIdentity();
        registerCopying();
        registerShadow();
    }

    void look() {
        seen = source.get();
    }

    private void registerRoute() {
        for (Phase phase : Phase.values()) {
            state(
                    "crossfade.phase",
                    "1 for the phase that the collection is in",
                    "phase",
                    phase.name(),
                    status -> status.state().phase().name());
        }
        for (Status.Breaker.State state : Status.Breaker.State.values()) {
            state(
                    "crossfade.mirror.breaker.state",
                    "1 for the state that the breaker before the follower is in; closed without a migration",
                    "state",
                    state.name(),
                    status -> status.local().breaker().state().name());
        }
        gauge(
                "crossfade.epoch",
                "Epoch that all members have agreed on",
                status -> status.state().epoch());
        gauge(
                "crossfade.epoch.applied",
                "Epoch of the route that this member uses",
                status -> status.local().appliedEpoch());
        gauge(
                "crossfade.calls.in.flight",
                "Reads and writes that hold the present route",
                status -> status.local().callsInFlight());
        gauge(
                "crossfade.held.writes",
                "Writes that wait until a step has moved the reads",
                status -> status.local().held().writes());
        counter(
                "crossfade.held.seconds",
                "How long writes have been held while reads moved, in all",
                status -> status.local().held().seconds());
        counter(
                "crossfade.released.early",
                "How often held writes went on because flip.max_hold was over, before every member had followed",
                status -> status.local().held().releasedEarly());
    }

    private void registerJournal() {
        counter(
                "crossfade.mirror.sent",
                "Documents sent to the follower, by live writes, replay, backfill and repair; repeated ones count again",
                status -> status.local().breaker().sent());
        gauge(
                "crossfade.journal.pending.keys",
                "Documents whose state on the follower is not known to be right",
                status -> status.local().pendingKeys());
        gauge(
                "crossfade.journal.oldest.pending.seconds",
                "Age of the oldest pending mark; 0 if there is none",
                status -> status.local().oldestPendingSeconds());
        gauge(
                "crossfade.journal.bytes",
                "Size of the journal on disk",
                status -> status.local().journalBytes());
        gauge(
                "crossfade.parked",
                "Documents that are set aside, waived ones included",
                status -> status.local().parked());
        gauge(
                "crossfade.parked.unwaived",
                "Documents that are set aside and block a flip",
                status -> status.local().unwaived());
        gauge(
                "crossfade.dirty",
                "1 while a range of writes may be missing on the follower",
                status -> status.local().dirty().isPresent() ? 1 : 0);
    }

    private void registerIdentity() {
        for (Doubt.Kind kind : Doubt.Kind.values()) {
            tagged(
                    "crossfade.doubts",
                    "What is in doubt until both indexes are compared: members, indexes, or what an operator has accepted",
                    "kind",
                    kind.name(),
                    status -> status.state().doubts().stream()
                            .filter(doubt -> doubt.kind() == kind)
                            .count());
        }
        gauge(
                "crossfade.leader.lost",
                "1 while the index that serves may lack what was acked",
                status -> status.state().lossesOf(status.state().serving()).isEmpty() ? 0 : 1);
        for (Vouch.Kind found : Vouch.Kind.values()) {
            FunctionCounter.builder(
                            "crossfade.looks",
                            this,
                            self -> self.seen.local().looks().count(found))
                    .description("Looks at both indexes, by what was found")
                    .tag("collection", collection)
                    .tag("found", label(found.name()))
                    .register(registry);
        }
        gauge(
                "crossfade.unvouched.seconds",
                "Time since an index of the migration was last found to be what it was; 0 without a migration",
                status -> status.local().looks().unvouchedSeconds());
    }

    private void registerCopying() {
        gauge(
                "crossfade.backfill.copied",
                "Documents that the backfill has gone through",
                status -> status.backfill().map(CopyProgress::copied).orElse(0L));
        gauge(
                "crossfade.backfill.documents",
                "Documents that there were when the backfill began; NaN until they are counted",
                status -> status.backfill()
                        .map(CopyProgress::total)
                        .map(Long::doubleValue)
                        .orElse(Double.NaN));
        gauge(
                "crossfade.backfill.running",
                "1 while documents are to be copied and nobody has paused it",
                status -> status.backfill().filter(CopyProgress::isRunning).isPresent() ? 1 : 0);
        gauge(
                "crossfade.verify.clean",
                "1 while the last verify was clean, and is newer than the last repair and the last doubt",
                status -> status.verify()
                                .filter(verify -> verify.isClean(status.state().doubted()))
                                .isPresent()
                        ? 1
                        : 0);
    }

    private void registerShadow() {
        gauge(
                "crossfade.shadow.overlap",
                "Mean share of the leader's hits that the follower has too, of the last shadow reads",
                status -> status.shadow().overlap());
        counter(
                "crossfade.shadow.reads",
                "Queries that both indexes were asked and whose hits were compared",
                status -> status.shadow().sampled());
        counter(
                "crossfade.shadow.dropped",
                "Shadow reads left out because enough were under way",
                status -> status.shadow().dropped());
        counter(
                "crossfade.shadow.failed",
                "Shadow reads that the follower did not answer",
                status -> status.shadow().failed());
    }

    /** Registers several series, of which one is 1 and the others 0. */
    private void state(
            String metric,
            String description,
            String label,
            String value,
            java.util.function.Function<Status, String> present) {
        tagged(
                metric,
                description,
                label,
                value,
                status -> present.apply(status).equals(value) ? 1 : 0);
    }

    private void tagged(
            String metric, String description, String label, String value, ToDoubleFunction<Status> number) {
        Gauge.builder(metric, () -> number.applyAsDouble(seen))
                .description(description)
                .tag("collection", collection)
                .tag(label, label(value))
                .register(registry);
    }

    private static String label(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private void gauge(String metric, String description, ToDoubleFunction<Status> value) {
        Gauge.builder(metric, () -> value.applyAsDouble(seen))
                .description(description)
                .tag("collection", collection)
                .register(registry);
    }

    private void counter(String metric, String description, ToDoubleFunction<Status> value) {
        FunctionCounter.builder(metric, this, self -> value.applyAsDouble(self.seen))
                .description(description)
                .tag("collection", collection)
                .register(registry);
    }
}
