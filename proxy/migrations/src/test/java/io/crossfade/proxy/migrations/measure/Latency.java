package io.crossfade.proxy.migrations.measure;

import io.crossfade.proxy.demo.existing.Corpus;
import io.crossfade.proxy.demo.report.Percentiles;
import io.crossfade.proxy.kit.time.Spread;
import io.crossfade.proxy.time.Time;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/**
 * How long calls take in a closed loop, directly and through a sidecar, in turn and forth and back. The first look at each is
 * not among the figures. Confined to one thread, but for the callers.
 */
final class Latency {
    private static final List<Integer> CALLERS = List.of(1, 8);
    private static final int STRIDE = 7_919; // a prime, so that documents come in no order

    private final Settings settings;
    private final Time time;
    private final Corpus corpus;
    private final List<float[]> queries;
    private final AtomicInteger next = new AtomicInteger();

    /** What is called. */
    enum Operation {
        WRITE,
        QUERY
    }

    /** Opens one more caller. */
    interface Opener {
        Caller open() throws Exception;
    }

    /**
     * Milliseconds of one operation, with so many callers; each list has one element for each repetition.
     *
     * @param phase of the sidecar's collection
     */
    record Measured(
            String phase, Operation operation, int callers, List<Percentiles> directly, List<Percentiles> through) {
        Spread of(List<Percentiles> side, ToDoubleFunction<Percentiles> figure) {
            return Spread.of(side.stream().map(figure::applyAsDouble).toList());
        }

        /** What the sidecar adds, repetition by repetition. */
        Spread added(ToDoubleFunction<Percentiles> figure) {
            List<Double> added = new ArrayList<>();
            for (int i = 0; i < directly.size(); i++) {
                added.add(figure.applyAsDouble(through.get(i)) - figure.applyAsDouble(directly.get(i)));
            }
            return Spread.of(added);
        }
    }

    Latency(Settings settings, Time time, Corpus corpus, List<float[]> queries) {
        this.settings = settings;
        this.time = time;
        this.corpus = corpus;
        this.queries = queries;
    }

    List<Measured> measure(String phase, Opener directly, Opener through) throws Exception {
        List<Measured> all = new ArrayList<>();
        for (Operation operation : Operation.values()) {
            for (int callers : CALLERS) {
                all.add(measure(phase, operation, callers, directly, through));
            }
        }
        return all;
    }

    private Measured measure(String phase, Operation operation, int callers, Opener directly, Opener through)
            throws Exception {
        List<Percentiles> one = new ArrayList<>();
        List<Percentiles> other = new ArrayList<>();
        for (int i = 0; i <= settings.repeats(); i++) {
            if (i % 2 == 0) {
                one.add(look(operation, callers, directly));
                other.add(look(operation, callers, through));
            } else {
                other.add(look(operation, callers, through));
                one.add(look(operation, callers, directly));
            }
        }
        Measured measured =
                new Measured(phase, operation, callers, one.subList(1, one.size()), other.subList(1, other.size()));
        System.out.printf(
                "%s, %s, %d callers: %s ms added%n",
                phase, operation, callers, measured.added(Percentiles::p50).show("%.2f"));
        return measured;
    }

    private Percentiles look(Operation operation, int callers, Opener opener) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        List<Caller> open = new ArrayList<>();
        try {
            for (int i = 0; i < callers; i++) {
                open.add(opener.open());
            }
            List<Future<List<Long>>> done = new ArrayList<>();
            for (Caller each : open) {
                done.add(threads.submit(() -> loop(operation, each, settings.calls() / callers)));
            }
            List<Long> micros = new ArrayList<>();
            for (Future<List<Long>> each : done) {
                micros.addAll(each.get());
            }
            return Percentiles.of(micros.stream().mapToLong(Long::longValue).toArray());
        } finally {
            threads.shutdownNow();
            for (Caller each : open) {
                each.close();
            }
        }
    }

    /** The microseconds of each call. */
    private List<Long> loop(Operation operation, Caller caller, int calls) throws Exception {
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            int number = (int) ((long) next.getAndIncrement() * STRIDE % settings.documents());
            float[] vector = operation == Operation.WRITE
                    ? corpus.existing()
                            .get((number + next.get()) % settings.documents())
                            .vector()
                    : queries.get(number % queries.size());
            long began = time.nanos();
            if (operation == Operation.WRITE) {
                caller.write(number, vector);
            } else {
                caller.query(vector);
            }
            micros.add(TimeUnit.NANOSECONDS.toMicros(time.nanos() - began));
        }
        return Collections.unmodifiableList(micros);
    }
}
