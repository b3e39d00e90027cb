package io.crossfade.proxy.simulation;

import io.crossfade.proxy.kit.time.Stopwatch;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the simulation, or one unit test, in a process of its own for each seeded bug, until the bug is caught. */
final class Mutants {

    private Mutants() {}

    /** Whether all is as it should be: with one bug, that it was not caught; with {@code all}, that every one was. */
    static boolean run(Simulate.Options options) throws Exception {
        List<Mutant> all = Mutant.all();
        if (options.bug().equals("all")) {
            return runAll(all, options);
        }
        Mutant only = all.stream()
                .filter(mutant -> mutant.name().equals(options.bug()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("bug: " + options.bug() + " (expected: all, or one of "
                        + all.stream().map(Mutant::name).toList() + ")"));
        Result result = new Result(only, options);
        System.out.println(result.call());
        return !result.isCaught();
    }

    private static boolean runAll(List<Mutant> all, Simulate.Options options) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(options.threads());
        try {
            List<Future<Result>> results = new ArrayList<>();
            all.forEach(mutant -> results.add(threads.submit(new Result(mutant, options))));
            boolean caught = true;
            for (Future<Result> result : results) {
                System.out.println(result.get());
                caught &= result.get().isCaught();
            }
            return caught;
        } finally {
            threads.shutdownNow();
        }
    }

    /** One mutant, and what became of it. */
    private static final class Result implements Callable<Result> {
        private static final Pattern FAILS = Pattern.compile("((seed|test) \\S+)");

        private final Mutant mutant;
        private final Simulate.Options options;
        private String by = "";
        private String shown = "";
        private Duration took = Duration.ZERO;

        Result(Mutant mutant, Simulate.Options options) {
            this.mutant = mutant;
            this.options = options;
        }

        @Override
        public Result call() throws Exception {
            Path directory = Files.createTempDirectory("crossfade-mutant");
            try {
                Path classes = Files.createDirectories(directory.resolve("classes"));
                mutant.compile(Files.createDirectories(directory.resolve("sources")), classes);
                Stopwatch watch = new Stopwatch();
                simulate(classes);
                took = watch.elapsed();
            } finally {
                remove(directory);
            }
            return this;
        }

        private void simulate(Path classes) throws IOException, InterruptedException {
            if (mutant.seed() > 0 && !options.searches()) {
                hear(simulation(classes, mutant.seed(), 1));
            }
            if (!isCaught() && mutant.test() != null) {
                hear(command(classes, TestOfMutant.class, List.of(mutant.test())));
            }
            if (!isCaught() && (mutant.test() == null || options.searches())) {
                hear(simulation(classes, options.first(), options.seeds()));
            }
        }

        private List<String> simulation(Path classes, long first, long seeds) {
            return command(
                    classes,
                    Simulate.class,
                    List.of(
                            "first=" + first,
                            "seeds=" + seeds,
                            "threads=1",
                            "explain=" + (options.explains() && !options.bug().equals("all"))));
        }

        private static List<String> command(Path classes, Class<?> main, List<String> arguments) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(Simulate.JVM_OPTIONS);
            command.add("-XX:TieredStopAtLevel=1"); // most are caught before a second compiler would pay
            command.addAll(List.of("-cp", classes + File.pathSeparator + System.getProperty("java.class.path")));
            command.add(main.getName());
            command.addAll(arguments);
            return command;
        }

        private void hear(List<String> command) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    hear(line);
                }
                process.waitFor();
            } finally {
                process.destroyForcibly();
            }
        }

        private void hear(String line) {
            Matcher fails = FAILS.matcher(line);
            if (fails.lookingAt() && by.isEmpty()) {
                by = fails.group(1);
            } else if (!by.isEmpty() && shown.isEmpty()) {
                shown = line.strip();
            }
            if (!options.bug().equals("all")) {
                System.out.println(line);
            }
        }

        boolean isCaught() {
            return !by.isEmpty();
        }

        @Override
        public String toString() {
            String caught = isCaught()
                    ? "caught by " + by + " in " + took.toSeconds() + " s: "
                            + shown.substring(0, Math.min(90, shown.length()))
                    : "NOT CAUGHT by " + (mutant.test() == null ? options.seeds() + " seeds" : "test " + mutant.test())
                            + " in " + took.toSeconds() + " s";
            return String.format("%-30s %-14s %s", mutant.name(), mutant.rule(), caught);
        }
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
