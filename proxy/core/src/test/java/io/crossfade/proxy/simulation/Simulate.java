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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/** Runs seed after seed, one simulation a thread, until all have held or one has failed; or all of them, whichever fail. */
final class Simulate {
    /** Short runs of one thread; what the product logs is not wanted. */
    static final List<String> JVM_OPTIONS =
            List.of("-XX:+UseSerialGC", "-Xshare:auto", "-Dlogback.configurationFile=silent.xml");

    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(10);

    private final long first;
    private final long seeds;
    private final boolean whole;
    private final AtomicLong next;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong acked = new AtomicLong();
    private final AtomicLong lowestFailed = new AtomicLong(Long.MAX_VALUE);
    private final Stopwatch watch = new Stopwatch();

    /**
     * @param whole do not stop at the first seed that fails; each is printed with what it violates
     */
    Simulate(long first, long seeds, boolean whole) {
        this.first = first;
        this.seeds = seeds;
        this.whole = whole;
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
                seed < first + seeds && (whole || seed < lowestFailed.get());
                seed = next.getAndIncrement()) {
            Thread.currentThread().setName("seed " + seed);
            Verdict verdict = run(seed, Leaving.NOTHING, false);
            if (verdict.holds()) {
                held.incrementAndGet();
                acked.addAndGet(verdict.acked());
            } else {
                lowestFailed.accumulateAndGet(seed, Math::min);
                if (whole) {
                    System.out.println(
                            "seed " + seed + " fails: " + verdict.violations().get(0));
                }
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
     * {@code seeds=N first=S bug=NAME}, {@code whole=true} to go on past seeds that fail; {@code bug=all} shows that every seeded bug is caught, with {@code search=true} from
     * the first seed on, to find the seeds of {@code mutants.yaml} anew.
     */
    public static void main(String[] arguments) throws Exception {
        Options options = Options.parse(arguments);
        if (!options.bug().isEmpty()) {
            System.exit(Mutants.run(options) ? 0 : 1);
        }
        long failed = new Simulate(options.first(), options.seeds(), options.whole()).run(options.threads());
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
     * @param whole goes on past seeds that fail
     */
    record Options(long first, long seeds, String bug, int threads, boolean explains, boolean searches, boolean whole) {
        private static final Map<String, String> DEFAULTS = Map.of(
                "first", "1",
                "seeds", "5000",
                "bug", "",
                "threads", "" + Runtime.getRuntime().availableProcessors(),
                "explain", "true",
                "search", "false",
                "whole", "false");

        static Options parse(String[] arguments) {
            Map<String, String> given = new HashMap<>(DEFAULTS);
            for (String argument : arguments) {
                String[] parts = argument.split("=", 2);
                if (!DEFAULTS.containsKey(parts[0])) {
                    throw new IllegalArgumentException(parts[0] + ": unknown (expected: one of "
                            + String.join(", ", new TreeSet<>(DEFAULTS.keySet())) + ")");
                }
                if (parts.length == 2 && !parts[1].isEmpty()) {
                    given.put(parts[0], parts[1]);
                }
            }
            return new Options(
                    Long.parseLong(given.get("first")),
                    Long.parseLong(given.get("seeds")),
                    given.getOrDefault("bug", ""),
                    Integer.parseInt(given.get("threads")),
                    Boolean.parseBoolean(given.get("explain")),
                    Boolean.parseBoolean(given.get("search")),
                    Boolean.parseBoolean(given.get("whole")));
        }
    }
}
