package io.crossfade.proxy.load;

import io.crossfade.client.AdminClient;
import io.crossfade.proxy.load.NullUpstream.Counts;
import io.crossfade.v1.Phase;
import io.crossfade.v1.StartMigrationRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A process for each variant, with two upstreams and a generator of load that they share. None of them has done anything
 * before. Confined to one thread.
 */
final class Lineup implements AutoCloseable {
    static final String BARE = "bare byte proxy, two upstreams";
    static final String BEFORE = "before: ";

    private static final int MOST_LOOKS = 40;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);
    private static final int MOST_CHECKS = 10;

    private final DualWriteBenchmark.Settings settings;
    private final Path directory;
    private final List<Child> children = new ArrayList<>();
    private final Map<String, Variant> variants = new LinkedHashMap<>();
    private final List<Child> upstreams = new ArrayList<>();
    private final Child load;

    /**
     * What is measured.
     *
     * @param upstreams each call of it goes on to both
     * @param isLimited the calls that it makes say until when they may begin
     */
    private record Variant(Child process, int port, boolean upstreams, boolean isLimited) {}

    /**
     * One run of calls.
     *
     * @param switches of threads for each call
     * @param missed upserts that an upstream did not get, of two for each call
     */
    record Round(LoadGenerator.Figures load, double cpuMicros, double switches, long missed) {}

    Lineup(DualWriteBenchmark.Settings settings, Path directory) throws IOException {
        this.settings = settings;
        this.directory = directory;
        try {
            Path config = SidecarConfig.withNoEngines(directory.resolve("upstreams"));
            upstreams.add(start(NullUpstream.class, config.toString()));
            upstreams.add(start(NullUpstream.class, config.toString()));
            proxy();
            sidecars("", Child.ownClasspath());
            if (!settings.before().isEmpty()) {
                sidecars(BEFORE, settings.before());
            }
            load = start(LoadGenerator.class, Integer.toString(settings.inFlight()));
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private Child start(Class<?> main, String... arguments) throws IOException {
        Child child = Child.start(main, Child.ownClasspath(), Child.SMALL, arguments);
        children.add(child);
        return child;
    }

    private void proxy() throws IOException {
        if (isWanted(BARE)) {
            Child proxy = start(ByteProxy.class, port(0), port(1));
            variants.put(BARE, new Variant(proxy, proxy.port(), true, false));
        }
    }

    private String port(int upstream) {
        return Integer.toString(upstreams.get(upstream).port());
    }

    private boolean isWanted(String name) {
        return name.contains(settings.only());
    }

    private void sidecars(String prefix, String classpath) throws IOException {
        String build = prefix.isEmpty() ? "now" : "before";
        Path home = directory.resolve(build);
        Path single = SidecarConfig.withNoEngines(home.resolve("single"));
        sidecar(prefix + "SINGLE, no engine", classpath, single, false, false);
        Path none = SidecarConfig.withNoEngines(home.resolve("none"));
        sidecar(prefix + "MIRRORING, no engines", classpath, none, true, false);
        Path both = SidecarConfig.withUpstreams(
                home.resolve("upstreams"),
                build,
                upstreams.get(0).port(),
                upstreams.get(1).port());
        sidecar(prefix + "MIRRORING, two upstreams", classpath, both, true, true);
    }

    private void sidecar(String name, String classpath, Path config, boolean mirroring, boolean toUpstreams)
            throws IOException {
        if (!isWanted(name)) {
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
        variants.put(name, new Variant(child, Integer.parseInt(ports[0]), toUpstreams, toUpstreams));
    }

    private static void startMigration(String address) {
        try (AdminClient admin = AdminClient.connect(address)) {
            startMigration(admin);
        }
    }

    static void startMigration(AdminClient admin) {
        admin.startMigration(StartMigrationRequest.newBuilder()
                .setCollection(SidecarConfig.COLLECTION)
                .setToIndex(SidecarConfig.MIGRATION_INDEX)
                .build());
        admin.watch(SidecarConfig.COLLECTION, status -> status.getPhase() != Phase.PHASE_MIRRORING);
    }

    Set<String> names() {
        return variants.keySet();
    }

    /** How many bytes a document has. */
    String size() {
        return load.greeting();
    }

    Round round(String name, int calls) throws IOException {
        Variant variant = variant(name);
        List<Counts> before = counts();
        Duration cpu = variant.process().cpu();
        long switches = variant.process().switches();
        LoadGenerator.Figures figures = LoadGenerator.Figures.parse(load.ask(variant.port() + " " + calls));
        double micros = variant.process().cpu().minus(cpu).toNanos() / 1e3 / figures.calls();
        double switched = (double) (variant.process().switches() - switches) / figures.calls();
        return new Round(figures, micros, switched, variant.upstreams() ? awaitMissed(before, figures.calls()) : 0);
    }

    private Variant variant(String name) {
        Variant variant = variants.get(name);
        if (variant == null) {
            throw new IllegalArgumentException(name + ": no variant (expected: one of " + names() + ")");
        }
        return variant;
    }

    private List<Counts> counts() throws IOException {
        List<Counts> counts = new ArrayList<>();
        for (Child upstream : upstreams) {
            counts.add(Counts.parse(upstream.ask("counts")));
        }
        return counts;
    }

    private List<Counts> since(List<Counts> before) throws IOException {
        List<Counts> now = counts();
        return List.of(now.get(0).minus(before.get(0)), now.get(1).minus(before.get(1)));
    }

    /** An acked write may still be on its way to the follower. */
    private long awaitMissed(List<Counts> before, long calls) throws IOException {
        long missed = missed(since(before), calls);
        for (int i = 0; i < MOST_LOOKS && missed > 0; i++) {
            rest();
            missed = missed(since(before), calls);
        }
        return missed;
    }

    private static void rest() throws IOException {
        try {
            Thread.sleep(BETWEEN_LOOKS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static long missed(List<Counts> got, long calls) {
        return got.stream()
                .mapToLong(each -> Math.max(0, calls - each.upserts()))
                .sum();
    }

    /**
     * Sees that what is measured is what is meant. On a busy machine a follower may be left behind, which is right and not what is
     * looked for; so it is tried more than once.
     *
     * @throws IllegalStateException if an upstream never got as many upserts as were made, each with the limit that calls to
     *     another sidecar bring
     */
    void check(String name, int calls) throws IOException {
        Variant variant = variant(name);
        String found = "";
        for (int i = 0; i < MOST_CHECKS; i++) {
            List<Counts> before = counts();
            LoadGenerator.Figures load = round(name, calls).load();
            long each = variant.upstreams() ? load.calls() : 0;
            Counts expected = new Counts(each, variant.isLimited() ? each : 0);
            List<Counts> got = since(before);
            if (load.errors() == 0 && got.equals(List.of(expected, expected))) {
                return;
            }
            found = load.errors() + " errors, upstreams " + got + " (expected: none, " + expected + " each)";
        }
        throw new IllegalStateException(name + ": " + found);
    }

    @Override
    public void close() {
        children.forEach(Child::close);
    }
}
