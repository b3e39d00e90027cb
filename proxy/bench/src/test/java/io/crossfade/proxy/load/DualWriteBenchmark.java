package io.crossfade.proxy.load;

import io.crossfade.client.AdminClient;
import io.crossfade.v1.Phase;
import io.crossfade.v1.StartMigrationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a sidecar costs per write, beside a bare byte proxy, in processes of their own and in alternating rounds. CPU time
 * of the process is what counts: the wall clock belongs to whatever else runs on the machine.
 *
 * <pre>{@code
 * mvn -Pbench verify -DskipTests -Dbench.main=io.crossfade.proxy.load.DualWriteBenchmark \
 *     [-Dbench.args="rounds=5 calls=30000 in_flight=64"]
 * }</pre>
 *
 * <p>With {@code before=CLASSPATH} the sidecars of another build run in the same rounds; {@code options=...} are JVM
 * options of the sidecars, separated by commas.
 */
public final class DualWriteBenchmark implements AutoCloseable {
    private static final String BEFORE = "before: ";

    private final Settings settings;
    private final Path directory = Files.createTempDirectory("crossfade-bench");
    private final List<Child> children = new ArrayList<>();
    private final Map<String, Subject> subjects = new LinkedHashMap<>();

    private DualWriteBenchmark(Settings settings) throws IOException {
        this.settings = settings;
    }

    private record Settings(
            int rounds, int calls, int warmUp, int inFlight, String only, String before, List<String> options) {
        static Settings parse(String[] arguments) {
            Given given = Given.parse(arguments);
            return new Settings(
                    given.number("rounds", 5),
                    given.number("calls", 30000),
                    given.number("warm_up", 100000),
                    given.number("in_flight", 64),
                    given.text("only", ""),
                    given.text("before", ""),
                    given.list("options"));
        }
    }

    /** What is measured, and what came out. */
    private record Subject(Child process, int port, List<Round> rounds) {}

    private record Round(LoadGenerator.Figures load, double cpuMicros) {}

    public static void main(String[] arguments) throws IOException {
        try (DualWriteBenchmark benchmark = new DualWriteBenchmark(Settings.parse(arguments))) {
            benchmark.run();
        }
    }

    private void run() throws IOException {
        Path config = SidecarConfig.withNoEngines(directory.resolve("upstreams"));
        int first = start(NullUpstream.class, config.toString()).port();
        int second = start(NullUpstream.class, config.toString()).port();
        Child proxy = start(ByteProxy.class, Integer.toString(first), Integer.toString(second));
        add("bare byte proxy, two upstreams", proxy, proxy.port());
        sidecars("", Child.ownClasspath(), first, second);
        if (!settings.before().isEmpty()) {
            sidecars(BEFORE, settings.before(), first, second);
        }
        Child load = start(LoadGenerator.class, Integer.toString(settings.inFlight()));
        System.out.printf(
                "%s bytes a document, %d in flight, %d rounds of %d calls after %d to warm up%n",
                load.greeting(), settings.inFlight(), settings.rounds(), settings.calls(), settings.warmUp());
        for (Subject subject : subjects.values()) {
            round(load, subject, settings.warmUp());
        }
        for (int i = 0; i < settings.rounds(); i++) {
            for (Subject subject : subjects.values()) {
                subject.rounds().add(round(load, subject, settings.calls()));
            }
        }
        report();
        reportPairs();
    }

    private Child start(Class<?> main, String... arguments) throws IOException {
        Child child = Child.start(main, Child.ownClasspath(), Child.SMALL, arguments);
        children.add(child);
        return child;
    }

    private void add(String name, Child process, int port) {
        if (name.contains(settings.only())) {
            subjects.put(name, new Subject(process, port, new ArrayList<>()));
        }
    }

    private void sidecars(String prefix, String classpath, int first, int second) throws IOException {
        Path home = directory.resolve(prefix.isEmpty() ? "now" : "before");
        sidecar(prefix + "SINGLE, no engine", classpath, SidecarConfig.withNoEngines(home.resolve("single")), false);
        sidecar(prefix + "MIRRORING, no engines", classpath, SidecarConfig.withNoEngines(home.resolve("none")), true);
        sidecar(
                prefix + "MIRRORING, two upstreams",
                classpath,
                SidecarConfig.withUpstreams(home.resolve("upstreams"), first, second),
                true);
    }

    private void sidecar(String name, String classpath, Path config, boolean mirroring) throws IOException {
        if (!name.contains(settings.only())) {
            return;
        }
        List<String> options = new ArrayList<>(Child.SMALL);
        settings.options().forEach(option -> options.add(option.replace("%n", name.replaceAll("\\W+", "-"))));
        Child child = Child.start(Sidecar.class, classpath, options, config.toString());
        children.add(child);
        String[] ports = child.greeting().split(" ", -1);
        if (mirroring) {
            startMigration("127.0.0.1:" + ports[1]);
        }
        add(name, child, Integer.parseInt(ports[0]));
    }

    private static void startMigration(String address) {
        try (AdminClient admin = AdminClient.connect(address)) {
            admin.startMigration(StartMigrationRequest.newBuilder()
                    .setCollection(SidecarConfig.COLLECTION)
                    .setToIndex(SidecarConfig.MIGRATION_INDEX)
                    .build());
            admin.watch(SidecarConfig.COLLECTION, status -> status.getPhase() != Phase.PHASE_MIRRORING);
        }
    }

    private static Round round(Child load, Subject subject, int calls) throws IOException {
        Duration before = subject.process().cpu();
        LoadGenerator.Figures figures = LoadGenerator.Figures.parse(load.ask(subject.port() + " " + calls));
        Duration used = subject.process().cpu().minus(before);
        return new Round(figures, used.toNanos() / 1e3 / figures.calls());
    }

    private void report() {
        System.out.printf(
                "%-40s %24s %24s %10s %10s %7s%n",
                "median (lowest-highest)", "calls/s", "CPU us/call", "p50 us", "p99 us", "errors");
        subjects.forEach((name, subject) -> {
            List<Round> rounds = subject.rounds();
            System.out.printf(
                    "%-40s %24s %24s %10.0f %10.0f %7d%n",
                    name,
                    spread(rounds.stream().map(round -> round.load().callsPerSecond()), "%.0f"),
                    spread(rounds.stream().map(Round::cpuMicros), "%.1f"),
                    median(rounds.stream().map(round -> round.load().p50())),
                    median(rounds.stream().map(round -> round.load().p99())),
                    rounds.stream().mapToLong(round -> round.load().errors()).sum());
        });
    }

    /** Compares with the other build round by round: what a round meets, its neighbour meets too. */
    private void reportPairs() {
        subjects.forEach((name, now) -> {
            Subject before = subjects.get(BEFORE + name);
            if (before != null) {
                System.out.printf(
                        "%-40s %s of the CPU before, by pairs%n",
                        name,
                        spread(
                                IntStream.range(0, now.rounds().size())
                                        .mapToObj(i -> now.rounds().get(i).cpuMicros()
                                                / before.rounds().get(i).cpuMicros()),
                                "%.3f"));
            }
        });
    }

    private static String spread(Stream<Double> values, String format) {
        List<Double> sorted = values.sorted().toList();
        return String.format(
                format + " (" + format + "-" + format + ")",
                median(sorted.stream()),
                sorted.get(0),
                sorted.get(sorted.size() - 1));
    }

    private static double median(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    @Override
    public void close() throws IOException {
        children.forEach(Child::close);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
