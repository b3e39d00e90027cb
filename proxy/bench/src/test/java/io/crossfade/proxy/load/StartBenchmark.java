package io.crossfade.proxy.load;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * How long the sidecar's jar takes from nothing to the first answered write, plain and with an archive of its classes in
 * alternating rounds, and what memory it takes then and under load. The index is the embedded one, empty at each start;
 * the options are the launcher's. Memory is read from {@code /proc}.
 *
 * <pre>{@code
 * mvn -Pbench verify -DskipTests -Dbench.main=io.crossfade.proxy.load.StartBenchmark \
 *     [-Dbench.args="starts=10 loads=5 calls=20000 in_flight=64 options=-Xmx512m"]
 * }</pre>
 *
 * <p>{@code options} go after the launcher's, separated by commas.
 */
public final class StartBenchmark implements AutoCloseable {
    private final Settings settings;
    private final Path directory = Files.createTempDirectory("crossfade-bench");
    private final List<String> plain = new ArrayList<>();
    private final List<String> archived = new ArrayList<>();

    private StartBenchmark(Settings settings) throws IOException {
        this.settings = settings;
    }

    private record Settings(int starts, int loads, int calls, int inFlight, List<String> options) {
        static Settings parse(String[] arguments) {
            Given given = Given.parse(arguments);
            return new Settings(
                    given.number("starts", 10),
                    given.number("loads", 5),
                    given.number("calls", 20000),
                    given.number("in_flight", 64),
                    given.list("options"));
        }
    }

    /**
     * One start.
     *
     * @param serving until it said so, in ms
     * @param answered until the first write was answered, in ms
     * @param cpu user and system time of all threads until then, in ms
     * @param rss in MiB
     */
    private record Start(double serving, double answered, double cpu, double rss) {}

    public static void main(String[] arguments) throws Exception {
        try (StartBenchmark benchmark = new StartBenchmark(Settings.parse(arguments))) {
            benchmark.run();
        }
    }

    private void run() throws Exception {
        plain.addAll(Launched.options(settings.options()));
        archived.addAll(plain);
        archived.addAll(List.of("-XX:SharedArchiveFile=" + archive(), "-Xlog:cds*=off"));
        System.out.println(Launched.environment() + " " + String.join(" ", plain));
        start(archived); // Warms up this side of the call, and the file cache.
        List<Start> withArchive = new ArrayList<>();
        List<Start> without = new ArrayList<>();
        for (int i = 0; i < settings.starts(); i++) {
            without.add(start(plain));
            withArchive.add(start(archived));
        }
        System.out.printf(
                "%-22s %18s %18s %18s %14s%n", "median (least-most)", "serving ms", "answered ms", "CPU ms", "RSS MiB");
        print("plain", without);
        print("archive", withArchive);
        load();
    }

    /** As the launcher makes it. */
    private Path archive() throws IOException, InterruptedException {
        Path archive = directory.resolve("archive.jsa");
        List<String> command = Child.java(
                plain,
                "-XX:ArchiveClassesAtExit=" + archive,
                "-cp",
                Launched.JAR.toString(),
                Launched.MAIN,
                "rehearse",
                "--data",
                directory.resolve("archived").toString());
        int exit = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (exit != 0 || !Files.exists(archive)) {
            throw new IOException(String.join(" ", command) + ": exit code " + exit + " (expected: 0, and an archive)");
        }
        return archive;
    }

    private Start start(List<String> options) throws IOException {
        Path home = Files.createTempDirectory(directory, "start");
        long began = System.nanoTime();
        try (Child sidecar = sidecar(options, home)) {
            double serving = (System.nanoTime() - began) / 1e6;
            ManagedChannel channel = Bytes.channel(Launched.dataPort(sidecar));
            Bytes.upsert(channel, LoadGenerator.request(0)).join();
            double answered = (System.nanoTime() - began) / 1e6;
            Duration cpu = sidecar.cpuOfAllThreads();
            channel.shutdownNow();
            return new Start(serving, answered, cpu.toMillis(), sidecar.memory("VmRSS"));
        } finally {
            delete(home);
        }
    }

    private static Child sidecar(List<String> options, Path home) throws IOException {
        return Launched.start(options, SidecarConfig.withEmbeddedIndex(home));
    }

    private static void print(String name, List<Start> starts) {
        System.out.printf(
                "%-22s %18s %18s %18s %14s%n",
                name,
                spread(starts, Start::serving),
                spread(starts, Start::answered),
                spread(starts, Start::cpu),
                spread(starts, Start::rss));
    }

    private static String spread(List<Start> starts, ToDoubleFunction<Start> figure) {
        double[] sorted = starts.stream().mapToDouble(figure).sorted().toArray();
        return String.format("%.0f (%.0f-%.0f)", sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    private void load() throws IOException {
        Path home = Files.createTempDirectory(directory, "load");
        try (Child sidecar = sidecar(archived, home);
                Child load = Child.start(
                        LoadGenerator.class,
                        Child.ownClasspath(),
                        Child.SMALL,
                        Integer.toString(settings.inFlight()))) {
            System.out.printf("load: %s bytes a document, %d in flight%n", load.greeting(), settings.inFlight());
            for (int i = 0; i < settings.loads(); i++) {
                LoadGenerator.Figures figures =
                        LoadGenerator.Figures.parse(load.ask(Launched.dataPort(sidecar) + " " + settings.calls()));
                System.out.printf(
                        "%d writes, %.0f/s, %d errors; RSS %d MiB (%d anonymous, %d of mapped index files), at most %d MiB%n",
                        figures.calls(),
                        figures.callsPerSecond(),
                        figures.errors(),
                        sidecar.memory("VmRSS"),
                        sidecar.memory("RssAnon"),
                        sidecar.mapped(home.resolve("data/products-v1/search")),
                        sidecar.memory("VmHWM"));
            }
        }
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        delete(directory);
    }
}
