package io.crossfade.proxy.migrations;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.Call.Operation;
import io.crossfade.proxy.demo.app.Entry;
import io.crossfade.proxy.demo.check.Checker;
import io.crossfade.proxy.demo.check.Damage;
import io.crossfade.proxy.demo.check.Holding;
import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.corpus.Cast;
import io.crossfade.proxy.demo.corpus.WordNet;
import io.crossfade.proxy.demo.existing.Corpus;
import io.crossfade.proxy.process.Operator;
import io.crossfade.proxy.process.SidecarProcess;
import io.crossfade.proxy.time.SystemTime;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.CleanIndexRequest;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.StepResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One migration, act by act: the application calls all the time; the new engine is stopped and killed, and then the sidecar is
 * killed; the reads are moved there, back and there again. At the end both indexes are read by their engines' own means and
 * compared with what the application saw acknowledged. Confined to one thread.
 */
final class Play {
    private static final long SEED = 1;
    private static final int CALLS = 100;
    private static final int MOST_LOG = 8_000;
    private static final double OUTAGE_AT = 0.4;

    /** A request that lies in the socket of a stopped server is late, and no later than the drivers reckon with. */
    private static final Duration LONGEST_FREEZE = Duration.ofSeconds(6);

    private final int documents;
    private final Place source;
    private final Place.OnServer target;
    private final Space from;
    private final Space to;
    private final SidecarProcess sidecar;
    private final Traffic traffic;
    private final SystemTime time;
    private final List<StepResponse> steps = new ArrayList<>();
    private Operator operator;
    private double backfillRate;

    private Play(
            Corpus corpus,
            Place source,
            Place.OnServer target,
            Space from,
            Space to,
            SidecarProcess sidecar,
            Traffic traffic,
            SystemTime time) {
        this.documents = corpus.existing().size();
        this.source = source;
        this.target = target;
        this.from = from;
        this.to = to;
        this.sidecar = sidecar;
        this.traffic = traffic;
        this.time = time;
        this.operator = sidecar.operator("words");
    }

    /**
     * @param source with nothing in it
     */
    static Verdict play(Path folder, int documents, Place source, Place.OnServer target, Space from, Space to)
            throws Exception {
        Corpus corpus = Corpus.of(
                Cast.draw(WordNet.load(), documents, Traffic.KNOWN, SEED).numbered(), from.model());
        source.fill(corpus.existing());
        Path history = folder.resolve("history.jsonl");
        corpus.begin(history);
        try (SystemTime time = new SystemTime();
                SidecarProcess sidecar = SidecarProcess.start(
                        SidecarProcess.Installation.builtWithModels(),
                        folder.resolve("sidecar"),
                        port -> config(folder, port, source, target, from, to));
                Traffic traffic = new Traffic(folder, history, sidecar.dataPort(), documents, SEED)) {
            Play play = new Play(corpus, source, target, from, to, sidecar, traffic, time);
            try {
                return play.play();
            } catch (Exception | AssertionError e) {
                String log = sidecar.printed();
                throw new IllegalStateException(
                        "the sidecar says at last:\n" + log.substring(Math.max(0, log.length() - MOST_LOG)), e);
            } finally {
                play.operator.close();
            }
        }
    }

    private static String config(Path folder, int port, Place source, Place target, Space from, Space to) {
        String spaces = from.equals(to) ? from.whole() : from.whole() + "\n  " + to.whole();
        return """
                spaces:
                  %s
                indexes:
                  words-v1: {%s, vectors: {"": {space: %s}}}
                  words-v2: {%s, vectors: {"": {space: %s}}}
                collections:
                  words: {index: words-v1, identity: {claim: 1s}, mirror: {breaker: {min_calls: 5, open_wait: 1s}}}
                control: {bootstrap: true}
                data_dir: "%s"
                listeners: {data: "127.0.0.1:%d", admin: "127.0.0.1:0", ops: "127.0.0.1:0"}
                """.formatted(
                        spaces,
                        source.options(),
                        from.name(),
                        target.options(),
                        to.name(),
                        folder.resolve("sidecar/data"),
                        port);
    }

    private Verdict play() throws Exception {
        long began = time.nanos();
        traffic.start();
        traffic.awaitCalls(CALLS);
        operator.start("words-v2");
        copy();
        loseTarget();
        loseSidecar();
        operator.awaitBackfill();
        awaitCaughtUp();
        steps.add(operator.flipUnderLoad());
        traffic.awaitCalls(CALLS);
        steps.add(operator.rollbackUnderLoad());
        traffic.awaitCalls(CALLS);
        steps.add(operator.flipUnderLoad());
        traffic.awaitCalls(CALLS);
        return complete(began);
    }

    /** Until there is something to break. */
    private void copy() {
        operator.await(status -> status.getBackfill().getState() != BackfillStatus.State.STATE_WAITING);
        long began = time.nanos();
        operator.await(status -> hasCopied(status.getBackfill()));
        backfillRate = operator.status().getBackfill().getCopied() / seconds(began);
    }

    private static boolean hasCopied(BackfillStatus backfill) {
        return backfill.getState() == BackfillStatus.State.STATE_DONE
                || (backfill.getTotal() > 0 && backfill.getCopied() >= OUTAGE_AT * backfill.getTotal());
    }

    private void loseTarget() throws Exception {
        long began = time.nanos();
        target.freeze();
        operator.await(status -> hasBreaker(status, BreakerStatus.State.STATE_OPEN));
        traffic.awaitCalls(CALLS / 2);
        target.thaw();
        if (time.nanos() - began > LONGEST_FREEZE.toNanos()) {
            throw new IllegalStateException("frozen for " + seconds(began) + " s (expected: at most "
                    + LONGEST_FREEZE.toSeconds() + ", on a machine with nothing else to do)");
        }
        operator.await(status -> hasBreaker(status, BreakerStatus.State.STATE_CLOSED));
        traffic.awaitCalls(CALLS / 2);
        target.kill();
        operator.await(status -> hasBreaker(status, BreakerStatus.State.STATE_OPEN));
        traffic.awaitCalls(CALLS);
        target.start();
        operator.await(status -> hasBreaker(status, BreakerStatus.State.STATE_CLOSED));
    }

    private static boolean hasBreaker(CollectionStatus status, BreakerStatus.State state) {
        return status.getMembers(0).getBreaker().getState() == state;
    }

    private void loseSidecar() throws Exception {
        sidecar.kill();
        operator.close();
        sidecar.start();
        operator = sidecar.operator("words");
        traffic.awaitCalls(CALLS);
    }

    private void awaitCaughtUp() {
        operator.await(status -> status.getMembers(0).getOldestPendingSeconds() < 2);
    }

    private Verdict complete(long began) throws Exception {
        traffic.pause();
        operator.awaitNothingPending();
        long parked = operator.status().getMembers(0).getParked();
        List<Call> until = traffic.calls();
        Index there = target.look("target", false, to.name());
        operator.complete();
        long unclean = clean();
        traffic.run();
        traffic.awaitCalls(CALLS);
        traffic.stop();
        double seconds = seconds(began);
        List<Call> all = traffic.calls();
        Index atTheEnd = target.look("target, at the end", true, to.name());
        sidecar.kill();
        Index here = source.look("source", false, from.name());
        List<Damage> damages = List.of(judge(until, there, to), judge(until, here, from), judge(all, atTheEnd, to));
        return new Verdict(
                documents,
                all.stream().filter(call -> call.operation() != Operation.FOUND).toList(),
                damages,
                differing(here, there),
                parked,
                backfillRate,
                steps,
                seconds,
                blind(all, atTheEnd),
                unclean);
    }

    /** What the migration has kept on the old index is taken away; completes with how many documents still bear some. */
    private long clean() throws Exception {
        if (!(source instanceof LucenePlace) && source.stamped() == 0) {
            throw new IllegalStateException("no document bears a stamp (expected: some, to be taken away)");
        }
        CleanIndexRequest request = CleanIndexRequest.newBuilder()
                .setCollection("words")
                .setIndex("words-v1")
                .build();
        operator.admin().cleanIndex(request, progress -> true);
        return source.stamped();
    }

    /** Every vector is made anew. */
    private static Damage judge(List<Call> history, Index index, Space space) {
        return new Checker(history, Integer.MAX_VALUE, SEED).check(index, space.model());
    }

    private static long differing(Index one, Index other) {
        Map<String, Entry> first = entries(one);
        Map<String, Entry> second = entries(other);
        TreeSet<String> ids = new TreeSet<>(first.keySet());
        ids.addAll(second.keySet());
        return ids.stream()
                .filter(id -> !Objects.equals(first.get(id), second.get(id)))
                .count();
    }

    private static Map<String, Entry> entries(Index index) {
        return index.contents().stream().collect(Collectors.toMap(Holding::id, Holding::entry, (a, b) -> b));
    }

    /** A judge that finds nothing has to be one that would: a document is taken away behind everybody's back. */
    private int blind(List<Call> history, Index index) throws Exception {
        target.remove(index.contents().get(0).id());
        Damage damage = judge(history, target.look("target, robbed", true, to.name()), to);
        return damage.count(Damage.Kind.MISSING) == 1 && damage.count(Damage.Kind.LOST_WRITES) > 0 ? 0 : 1;
    }

    private double seconds(long began) {
        return (double) (time.nanos() - began) / TimeUnit.SECONDS.toNanos(1);
    }
}
