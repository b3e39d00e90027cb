package io.crossfade.proxy.migrations.measure;

import io.crossfade.proxy.kit.time.Spread;
import io.crossfade.proxy.migrations.Space;
import io.crossfade.proxy.time.SystemTime;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The same documents, written into an empty index again and again: by the engine's own client, and by a backfill from each
 * source, which does not embed. All of them in turn, forth and back; each backfill is a fresh sidecar's, and is followed by a
 * comparison of all and given up. The first repetition of each, in which everything is cold, is not among the figures. Confined
 * to one thread.
 */
final class Copies {
    private static final String OWN = "own_copy";
    private static final String VERIFY = "verify";

    private final Settings settings;
    private final SystemTime time;
    private final Engine engine;
    private final Space space;
    private final Path folder;
    private final Map<String, String> sources;
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();
    private int targets;

    /**
     * What came out, in documents a second.
     *
     * @param own the name of that which the others are held against
     * @param rates by what was done, one for each repetition
     */
    record Measured(String own, Map<String, List<Double>> rates) {
        Spread rate(String what) {
            return Spread.of(rates.getOrDefault(what, List.of()));
        }

        /** How many times the rate of the engine's own client, repetition by repetition. */
        private Spread ratio(String what) {
            List<Double> each = rates.getOrDefault(what, List.of());
            List<Double> others = rates.getOrDefault(own, List.of());
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < each.size(); i++) {
                ratios.add(each.get(i) / others.get(i));
            }
            return Spread.of(ratios);
        }

        /** Those of what writes, but for the engine's own client. */
        Map<String, Spread> ratios() {
            Map<String, Spread> ratios = new LinkedHashMap<>();
            rates.keySet().stream()
                    .filter(what -> !what.equals(own) && !what.startsWith(VERIFY))
                    .forEach(what -> ratios.put(what, ratio(what)));
            return ratios;
        }
    }

    /**
     * @param sources options of indexes that hold the documents, by what is said of them
     */
    Copies(Settings settings, SystemTime time, Engine engine, Space space, Path folder, Map<String, String> sources) {
        this.settings = settings;
        this.time = time;
        this.engine = engine;
        this.space = space;
        this.folder = folder;
        this.sources = sources;
    }

    private interface Step {
        void run() throws Exception;
    }

    Measured measure(Engine.Contents contents) throws Exception {
        List<Step> steps = new ArrayList<>();
        contents.ways().forEach((name, way) -> steps.add(() -> write(contents, name, way)));
        sources.forEach((name, source) -> steps.add(() -> migrate(name, source)));
        for (int i = 0; i <= settings.repeats(); i++) {
            for (Step step : steps) {
                step.run();
            }
            Collections.reverse(steps);
            if (i == 0) {
                rates.values().forEach(List::clear);
            }
        }
        return new Measured(contents.ways().keySet().iterator().next(), rates);
    }

    private void write(Engine.Contents contents, String name, Engine.Way way) throws Exception {
        contents.make(OWN);
        engine.settle();
        long began = time.nanos();
        way.write(OWN);
        add(name, settings.documents() * (double) TimeUnit.SECONDS.toNanos(1) / (time.nanos() - began));
        engine.drop(OWN);
    }

    private void migrate(String name, String source) throws Exception {
        String target = "copy_" + targets++;
        try (Migrating sidecar = Migrating.start(
                folder.resolve("from " + name),
                settings,
                time,
                space,
                source,
                Map.of(target, engine.options(target)))) {
            engine.settle();
            add("backfill from " + name, sidecar.backfill(target));
            add(VERIFY + " against " + name, sidecar.verify());
            sidecar.abort();
        }
        engine.drop(target);
    }

    private void add(String what, double rate) {
        System.out.printf("%s: %.0f documents/s%n", what, rate);
        rates.computeIfAbsent(what, same -> new ArrayList<>()).add(rate);
    }
}
