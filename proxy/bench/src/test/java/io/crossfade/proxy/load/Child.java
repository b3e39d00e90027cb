package io.crossfade.proxy.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A process of its own that runs one main class, says so when it is ready, and ends when its input does, or at once when this
 * process is ended.
 */
final class Child implements AutoCloseable {
    static final List<String> SMALL = List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx512m");

    /** How the first line of a main of this package begins. */
    static final String READY = "ready ";

    private static final long MILLIS_PER_TICK = 10;

    private final Process process;
    private final BufferedReader out;
    private final PrintStream in;
    private final String greeting;
    private final Thread atTheEnd;

    private Child(Process process, String ready) throws IOException {
        this.process = process;
        atTheEnd = new Thread(process::destroyForcibly, "child-end");
        Runtime.getRuntime().addShutdownHook(atTheEnd);
        out = process.inputReader(StandardCharsets.UTF_8);
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        String line = read();
        while (!line.startsWith(ready)) {
            line = read();
        }
        greeting = line.substring(ready.length());
    }

    static Child start(Class<?> main, String classpath, List<String> options, String... arguments) throws IOException {
        List<String> command = java(options, "-cp", classpath, main.getName());
        command.addAll(Arrays.asList(arguments));
        return start(command, Map.of(), READY);
    }

    /**
     * @param ready how the line begins that it prints when it is ready
     */
    static Child start(List<String> command, Map<String, String> environment, String ready) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return new Child(builder.start(), ready);
    }

    /** A command line with the Java that runs this. */
    static List<String> java(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(options);
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    static String ownClasspath() {
        return System.getProperty("java.class.path");
    }

    /** What a main of this package does between its start and its end. */
    static void waitForEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // Nothing is expected but the end.
        }
    }

    /** What a main of this package does that is asked: a line for each line, until its input ends. */
    static void answer(UnaryOperator<String> answers) throws IOException {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            System.out.println(answers.apply(line));
        }
    }

    /** What it said when it was ready. */
    String greeting() {
        return greeting;
    }

    int port() {
        return Integer.parseInt(greeting);
    }

    String ask(String question) throws IOException {
        in.println(question);
        return read();
    }

    private String read() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException(process.info().commandLine().orElse("process") + " ended");
        }
        return line;
    }

    /**
     * User and system time of its threads so far, without those that compile: they are done one day, and on a busy
     * machine that is later than any warming up. Where there is no {@code /proc}, of all threads.
     */
    Duration cpu() throws IOException {
        Path threads = Path.of("/proc/" + process.pid() + "/task");
        if (!Files.isDirectory(threads)) {
            return process.info().totalCpuDuration().orElse(Duration.ZERO);
        }
        long ticks = 0;
        try (Stream<Path> each = Files.list(threads)) {
            for (Path thread : each.toList()) {
                ticks += ticks(Files.readString(thread.resolve("stat")));
            }
        }
        return Duration.ofMillis(ticks * MILLIS_PER_TICK);
    }

    /** How often its threads have been switched so far, willingly or not; -1 where there is no {@code /proc}. */
    long switches() throws IOException {
        Path threads = Path.of("/proc/" + process.pid() + "/task");
        if (!Files.isDirectory(threads)) {
            return -1;
        }
        long switches = 0;
        try (Stream<Path> each = Files.list(threads)) {
            for (Path thread : each.toList()) {
                switches += Files.readAllLines(thread.resolve("status")).stream()
                        .filter(line -> line.contains("voluntary_ctxt_switches:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
            }
        }
        return switches;
    }

    /** User and system time of all its threads so far. */
    Duration cpuOfAllThreads() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /**
     * What the system says of its memory, in MiB.
     *
     * @param field such as {@code VmRSS} (now) or {@code VmHWM} (at most)
     */
    long memory(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    /** What of the files in a directory is mapped and in memory, in MiB; the system takes it back when it needs it. */
    long mapped(Path directory) throws IOException {
        long kibibytes = 0;
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/smaps"))) {
            if (line.startsWith("Rss:")) {
                kibibytes += inside ? Long.parseLong(line.replaceAll("\\D", "")) : 0;
            } else if (!line.contains(" kB")) {
                inside = line.contains(directory + "/");
            }
        }
        return kibibytes / 1024;
    }

    /** Fields 14 and 15 of {@code /proc/PID/task/TID/stat}; the name before them is in parentheses. */
    private static long ticks(String stat) {
        int nameEnds = stat.lastIndexOf(')');
        if (stat.substring(0, nameEnds).contains("CompilerThre")) {
            return 0;
        }
        String[] fields = stat.substring(nameEnds + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    @Override
    public void close() {
        in.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(atTheEnd);
    }
}
