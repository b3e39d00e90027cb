package io.crossfade.proxy.load;

import io.crossfade.proxy.kit.time.Spread;
import io.crossfade.proxy.load.Lineup.Round;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a sidecar costs per write, beside a bare byte proxy. CPU time of the process is what counts: the wall clock belongs to
 * whatever else runs on the machine. How a process was compiled is luck that it keeps, so each variant is played in several
 * processes, one {@link Lineup} after the other, in rounds that go through the variants forth and back; figures are medians of a
 * process's rounds, and spreads are over processes.
 *
 * <pre>{@code
 * mvn -Pbench verify -DskipTests -Dbench.main=io.crossfade.proxy.load.DualWriteBenchmark \
 *     [-Dbench.args="processes=3 rounds=5 calls=30000 warm_up=100000 in_flight=64"]
 * }</pre>
 *
 * <p>With {@code before=CLASSPATH} the sidecars of another build run in the same rounds; {@code options=...} are JVM
 * options of the sidecars, separated by commas; {@code only=...} is a part of the names of what is played.
 */
public final class DualWriteBenchmark {
    private static final int CHECKED = 1_000;

    private final Settings settings;
    private final Map<String, List<List<Round>>> played = new LinkedHashMap<>();

    private DualWriteBenchmark(Settings settings) {
        this.settings = settings;
    }

    record Settings(
            int processes,
            int rounds,
            int calls,
            int warmUp,
            int inFlight,
            String only,
            String before,
            List<String> options) {
        static Settings parse(String[] arguments) {
            Given given = Given.parse(arguments);
            return new Settings(
                    given.number("processes", 3),
                    given.number("rounds", 5),
                    given.number("calls", 30000),
                    given.number("warm_up", 100000),
                    given.number("in_flight", 64),
                    given.text("only", ""),
                    given.text("before", ""),
                    given.list("options"));
        }
    }

    public static void main(String[] arguments) throws IOException {
        new DualWriteBenchmark(Settings.parse(arguments)).run();
    }

    private void run() throws IOException {
        System.out.printf(
                "%d processes of each variant, %d in flight, %d rounds of %d calls after %d to warm up%n",
                settings.processes(), settings.inFlight(), settings.rounds(), settings.calls(), settings.warmUp());
        for (int i = 0; i < settings.processes(); i++) {
            Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "dual-write-");
            try (Lineup lineup = new Lineup(settings, directory)) {
                play(lineup);
            } finally {
                delete(directory);
            }
        }
        report();
    }

    private void play(Lineup lineup) throws IOException {
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        for (String name : lineup.names()) {
            lineup.round(name, settings.warmUp());
            lineup.check(name, CHECKED);
        }
        List<String> order = new ArrayList<>(lineup.names());
        for (int i = 0; i < settings.rounds(); i++) {
            for (String name : order) {
                rounds.computeIfAbsent(name, same -> new ArrayList<>()).add(lineup.round(name, settings.calls()));
            }
            Collections.reverse(order);
        }
        rounds.forEach((name, each) ->
                played.computeIfAbsent(name, same -> new ArrayList<>()).add(each));
        System.out.printf(
                "%s bytes a document; CPU us/call of these processes:%s%n",
                lineup.size(),
                rounds.entrySet().stream()
                        .map(each ->
                                String.format(" %s %.1f;", each.getKey(), median(each.getValue(), Round::cpuMicros)))
                        .reduce("", String::concat));
    }

    private void report() {
        System.out.printf(
                "%-32s %22s %22s %18s %22s %10s %10s %7s %7s%n",
                "median (lowest-highest process)",
                "CPU us/call",
                "times bare, by rounds",
                "switches/call",
                "calls/s",
                "p50 us",
                "p99 us",
                "errors",
                "missed");
        played.forEach((name, processes) -> System.out.printf(
                "%-32s %22s %22s %18s %22s %10.0f %10.0f %7d %7d%n",
                name,
                spread(processes, Round::cpuMicros).show("%.1f"),
                played.containsKey(Lineup.BARE) ? ratio(name, Lineup.BARE).show("%.2f") : "",
                spread(processes, Round::switches).show("%.2f"),
                spread(processes, round -> round.load().callsPerSecond()).show("%.0f"),
                spread(processes, round -> round.load().p50()).median(),
                spread(processes, round -> round.load().p99()).median(),
                all(processes).mapToLong(round -> round.load().errors()).sum(),
                all(processes).mapToLong(Round::missed).sum()));
        played.keySet().stream()
                .filter(name -> played.containsKey(Lineup.BEFORE + name))
                .forEach(name -> System.out.printf(
                        "%-32s %s of the CPU before, by rounds%n",
                        name, ratio(name, Lineup.BEFORE + name).show("%.3f")));
    }

    private static Stream<Round> all(List<List<Round>> processes) {
        return processes.stream().flatMap(List::stream);
    }

    /** Over processes. */
    private static Spread spread(List<List<Round>> processes, ToDoubleFunction<Round> figure) {
        return Spread.of(
                processes.stream().map(rounds -> median(rounds, figure)).toList());
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        return Spread.of(rounds.stream().map(figure::applyAsDouble).toList()).median();
    }

    /** Round by round: what a round meets, its neighbour meets too. */
    private Spread ratio(String name, String other) {
        List<List<Round>> ones = rounds(name);
        List<List<Round>> others = rounds(other);
        return Spread.of(IntStream.range(0, ones.size())
                .mapToObj(i -> ratio(ones.get(i), others.get(i)))
                .toList());
    }

    private List<List<Round>> rounds(String name) {
        return played.getOrDefault(name, List.of());
    }

    private static double ratio(List<Round> ones, List<Round> others) {
        return Spread.of(IntStream.range(0, ones.size())
                        .mapToObj(i -> ones.get(i).cpuMicros() / others.get(i).cpuMicros())
                        .toList())
                .median();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
