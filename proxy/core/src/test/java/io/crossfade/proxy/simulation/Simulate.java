package io.crossfade.proxy.simulation;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.crossfade.proxy.kit.time.Stopwatch;
import io.crossfade.proxy.simulation.Simulation.Leaving;
import io.crossfade.proxy.simulation.Simulation.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Runs seed after seed, one simulation a thread, until all have held or one has failed. */
final class Simulate {
    /** Short runs of one thread; what the product logs is not wanted. */
    static final List<String> JVM_OPTIONS =
            List.of("-XX:+UseSerialGC", "-Xshare:auto", "-Dlogback.configurationFile=silent.xml");

    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(10);

    private final long first;
    private final long seeds;
    private final AtomicLong next;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong acked = new AtomicLong();
    private final AtomicLong lowestFailed = new AtomicLong(Long.MAX_VALUE);
    private final Stopwatch watch = new Stopwatch();

    Simulate(long first, long seeds) {
        this.first = first;
        this.seeds = seeds;
        this.next = new AtomicLong(first);
    }

    static Verdict run(long seed, Leaving leaving, boolean tracing) {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
            return new Simulation(seed, files.getPath("/sidecars"), leaving, tracing).run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lowest seed that failed, or {@code Long.MAX_VALUE}. */
    long run(int threads) throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(this::work, "simulation-" + i);
            worker.start();
            workers.add(worker);
        }
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                worker.join(BETWEEN_REPORTS.toMillis());
                report();
            }
        }
        return lowestFailed.get();
    }

    private void work() {
        for (long seed = next.getAndIncrement();
                seed < first + seeds && seed < lowestFailed.get();
                seed = next.getAndIncrement()) {
            Verdict verdict = run(seed, Leaving.NOTHING, false);
            if (verdict.holds()) {
                held.incrementAndGet();
                acked.addAndGet(verdict.acked());
            } else {
                lowestFailed.accumulateAndGet(seed, Math::min);
            }
        }
    }

    private void report() {
        System.out.printf(
                "%,d of %,d seeds hold, %,d acked writes, %d s%n",
                held.get(), seeds, acked.get(), watch.elapsed().toSeconds());
    }

    /** What a seed shows, as short as it can be made. */
    static void explain(long seed) {
        Verdict whole = run(seed, Leaving.NOTHING, true);
        Verdict shortest = Shrinker.shrink(whole, leaving -> run(seed, leaving, true));
        System.out.println("seed " + seed + ": " + shortest.scenario());
        shortest.trace().forEach(System.out::println);
        shortest.violations().forEach(violation -> System.out.println("  " + violation));
    }

    /**
     * {@code seeds=N first=S bug=NAME}; {@code bug=all} shows that every seeded bug is caught, with {@code search=true} from
     * the first seed on, to find the seeds of {@code mutants.yaml} anew.
     */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(arguments);
        if (!options.bug().isEmpty()) {
            System.exit(Mutants.run(options) ? 0 : 1);
        }
        long failed = new Simulate(options.first(), options.seeds()).run(options.threads());
        if (failed < Long.MAX_VALUE) {
            System.out.println("seed " + failed + " fails");
            if (options.explains()) {
                explain(failed);
            } else {
                System.out.println(
                        run(failed, Leaving.NOTHING, false).violations().get(0));
            }
            System.exit(1);
        }
    }

    /**
     * @param bug seeded into the code first; none if empty
     * @param explains a failing seed is shown with its shortest history
     * @param searches the seed that is known to catch a bug is not tried first
     */
    record Options(long first, long seeds, String bug, int threads, boolean explains, boolean searches) {
        static Options parse(String[] arguments) {
            Options options = new Options(1, 5_000, "", Runtime.getRuntime().availableProcessors(), true, false);
            for (String argument : arguments) {
                String[] parts = argument.split("=", 2);
                if (parts.length == 2 && !parts[1].isEmpty()) {
                    options = options.with(parts[0], parts[1]);
                }
            }
            return options;
        }

        private Options with(String name, String value) {
            return switch (name) {
                case "first" -> new Options(Long.parseLong(value), seeds, bug, threads, explains, searches);
                case "seeds" -> new Options(first, Long.parseLong(value), bug, threads, explains, searches);
                case "bug" -> new Options(first, seeds, value, threads, explains, searches);
                case "threads" -> new Options(first, seeds, bug, Integer.parseInt(value), explains, searches);
                case "explain" -> new Options(first, seeds, bug, threads, Boolean.parseBoolean(value), searches);
                case "search" -> new Options(first, seeds, bug, threads, explains, Boolean.parseBoolean(value));
                default ->
                    throw new IllegalArgumentException(
                            name + ": unknown (expected: first, seeds, bug, threads, explain, search)");
            };
        }
    }
}
