package io.crossfade.proxy.process;

import static java.util.Objects.requireNonNull;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.proxy.time.SystemTime;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sidecar's jar in a process of its own, which can be killed, stopped, continued, ended in order and started again on
 * the same port and directories. It ends with this process at the latest, since it watches its standard input.
 */
public final class SidecarProcess implements AutoCloseable {
    private final Installation installation;
    private final Path directory;
    private final IntFunction<String> yaml;
    private final List<String> options;
    private final SystemTime time = new SystemTime();
    private final List<Ready> readyAfter = new ArrayList<>();
    private @Nullable Process process;
    private int dataPort;
    private int adminPort;
    private int opsPort;

    private SidecarProcess(Installation installation, Path directory, IntFunction<String> yaml, List<String> options) {
        this.installation = installation;
        this.directory = directory;
        this.yaml = yaml;
        this.options = options;
    }

    /**
     * Where a jar lies, and what belongs to it.
     *
     * @param environment beside that of this process
     */
    public record Installation(String classPath, Map<String, String> environment) {
        public Installation(Path jar, Map<String, String> environment) {
            this(jar.toString(), environment);
        }

        /** Returns the one that the build has made. */
        public static Installation built() {
            return new Installation(Path.of(requireNonNull(System.getProperty("crossfade.jar"))), Map.of());
        }

        /** Returns the one that the build has made, with the local models. */
        public static Installation builtWithModels() {
            return new Installation(
                    built().classPath + File.pathSeparator + System.getProperty("crossfade.models") + "/*", Map.of());
        }

        /** Returns a command with the options of the launcher, but for the size of the heap. */
        List<String> java(String... options) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(
                    List.of("-XX:+UseSerialGC", "-Xms32m", "-Xmx256m", "-Xss512k", "-XX:+ExitOnOutOfMemoryError"));
            command.addAll(List.of(
                    "-XX:Tier4InvocationThreshold=20000",
                    "-XX:Tier4MinInvocationThreshold=3000",
                    "-XX:Tier4CompileThreshold=60000"));
            command.addAll(List.of(options));
            command.addAll(List.of("-cp", classPath, "io.crossfade.proxy.Main"));
            return command;
        }
    }

    /**
     * Returns when it serves.
     *
     * @param yaml its configuration, given the port of its data listener (0: any free one)
     * @param options of the Java machine, beside those of the launcher
     */
    public static SidecarProcess start(Path directory, IntFunction<String> yaml, String... options) throws IOException {
        return start(Installation.built(), directory, yaml, options);
    }

    /** Starts a sidecar of another installation. */
    public static SidecarProcess start(
            Installation installation, Path directory, IntFunction<String> yaml, String... options) throws IOException {
        SidecarProcess sidecar =
                new SidecarProcess(installation, Files.createDirectories(directory), yaml, List.of(options));
        sidecar.start();
        return sidecar;
    }

    /** The classes of a start, read beforehand as the launcher does; the option is for {@link #start}. */
    public static String classArchive(Path directory) throws Exception {
        Path archive = directory.resolve("classes.jsa");
        List<String> command = Installation.built().java("-XX:ArchiveClassesAtExit=" + archive);
        command.addAll(List.of("rehearse", "--data", directory.resolve("data").toString()));
        Files.createDirectories(directory);
        Process rehearsal = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        if (rehearsal.waitFor() != 0) {
            throw new IOException(Files.readString(directory.resolve("log")));
        }
        return "-XX:SharedArchiveFile=" + archive;
    }

    /** Again, after {@link #kill}. */
    public void start() throws IOException {
        Path config = directory.resolve("crossfade.yaml");
        Files.writeString(config, yaml.apply(dataPort));
        long began = time.nanos();
        ProcessBuilder builder =
                new ProcessBuilder(command(config)).redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(installation.environment());
        Process started = builder.start();
        process = started;
        BufferedReader output = started.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.startsWith("serving ")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the sidecar did not start: " + printed());
        }
        readyAfter.add(new Ready(
                Duration.ofNanos(time.nanos() - began),
                started.info().totalCpuDuration().orElse(Duration.ZERO)));
        dataPort = port(line, "data");
        adminPort = port(line, "admin");
        opsPort = port(line, "ops");
    }

    private List<String> command(Path config) {
        List<String> command = installation.java(options.toArray(String[]::new));
        command.addAll(List.of("serve", "--while-input", "--config", config.toString()));
        return command;
    }

    private static int port(String line, String listener) {
        Matcher port = Pattern.compile(" " + listener + "=(\\d+)").matcher(line);
        if (!port.find()) {
            throw new IllegalStateException(line + " (expected: a port " + listener + ")");
        }
        return Integer.parseInt(port.group(1));
    }

    private Path log() {
        return directory.resolve("log");
    }

    /** As {@code kill -9} does. */
    public void kill() {
        Process running = requireNonNull(process);
        running.toHandle().destroyForcibly();
        running.onExit().join();
    }

    /**
     * As a supervisor does: SIGTERM.
     *
     * @return how long it took to end
     * @throws TimeoutException if it takes longer than that
     */
    public Duration terminate(Duration most) throws Exception {
        Process running = requireNonNull(process);
        long began = time.nanos();
        running.toHandle().destroy();
        running.onExit().get(most.toMillis(), TimeUnit.MILLISECONDS);
        return Duration.ofNanos(time.nanos() - began);
    }

    /** What it printed to its standard error. */
    public String printed() throws IOException {
        return Files.readString(log());
    }

    public boolean isAlive() {
        return requireNonNull(process).isAlive();
    }

    /** No instruction is carried out until {@link #resume}; the sockets stay open. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    public void resume() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                .inheritIO()
                .start();
        int exit = kill.onExit().join().exitValue();
        if (exit != 0) {
            throw new IOException("kill -" + name + ": exit " + exit);
        }
    }

    public long pid() {
        return requireNonNull(process).pid();
    }

    public int dataPort() {
        return dataPort;
    }

    /**
     * As the ops listener shows it.
     *
     * @param series with its labels
     */
    public long metric(String series) throws IOException, InterruptedException {
        HttpRequest scrape = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + opsPort + "/metrics"))
                .build();
        return HttpClient.newHttpClient()
                .send(scrape, HttpResponse.BodyHandlers.ofLines())
                .body()
                .filter(line -> line.startsWith(series + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    public CrossfadeClient client() {
        return CrossfadeClient.connect("127.0.0.1:" + dataPort);
    }

    public Operator operator(String collection) {
        return Operator.of(adminPort, collection);
    }

    /** What it took each process to serve: by the clock, and of processor time, which other work does not distort. */
    public record Ready(Duration elapsed, Duration processor) {}

    public List<Ready> readyAfter() {
        return List.copyOf(readyAfter);
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        time.close();
    }
}
