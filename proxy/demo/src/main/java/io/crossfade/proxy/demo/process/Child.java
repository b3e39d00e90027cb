package io.crossfade.proxy.demo.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another Java process that runs a command of this program, with this one's class path and options. Ends when this
 * process ends: at its exit by a shutdown hook, and the children themselves watch their standard input. Its temporary
 * files lie beside its log, because those of a process that is killed stay.
 */
public final class Child implements AutoCloseable {
    private static final String MAIN = "io.crossfade.proxy.Main";
    private static final long END_SECONDS = 10;
    private static final int TAIL_LINES = 15;

    private final String name;
    private final Path log;
    private final List<String> command;
    private final Thread killer;
    private final boolean talks;
    private @Nullable Process process;
    private @Nullable BufferedReader output;
    private @Nullable PrintStream input;

    /**
     * @param log gets what the process prints to its standard error
     * @param talks its standard output is for {@link #nextLine}, not for the log
     */
    public Child(String name, Path log, boolean talks, List<String> arguments) {
        this.name = name;
        this.log = log;
        this.talks = talks;
        this.command = command(log, arguments);
        this.killer = new Thread(this::kill, "kill-" + name);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    public synchronized void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile()));
        if (!talks) {
            builder.redirectOutput(Redirect.appendTo(log.toFile()));
        }
        Process started = builder.start();
        process = started;
        output = new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        input = new PrintStream(started.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /** SIGSTOP: it keeps its connections and answers nothing. */
    public void freeze() throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-STOP", Long.toString(running().pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -STOP " + name + ": exit code " + code + " (expected: 0)");
        }
    }

    /** SIGKILL; returns when it is gone. */
    public synchronized void kill() {
        if (process != null) {
            process.destroyForcibly();
            awaitEnd(process);
        }
    }

    /** SIGTERM, and SIGKILL if that does not end it. */
    public synchronized void stop() {
        if (process != null) {
            process.destroy();
            awaitEnd(process);
            process.destroyForcibly();
        }
    }

    /**
     * @throws IllegalStateException with the end of its log if it is not running
     */
    public void requireAlive() {
        Process current = running();
        if (!current.isAlive()) {
            throw new IllegalStateException(
                    name + ": ended with exit code " + current.exitValue() + "; its log ends with\n" + tail());
        }
    }

    /** Whether {@link #nextLine} would not wait. */
    public synchronized boolean hasLine() throws IOException {
        return requireStarted(output).ready();
    }

    /**
     * The next line it prints.
     *
     * @throws IllegalStateException with the end of its log if there is none
     */
    public String nextLine() throws IOException {
        String line = reader().readLine();
        if (line == null) {
            throw new IllegalStateException(name + ": says no more; its log ends with\n" + tail());
        }
        return line;
    }

    /** Puts a line on its standard input. */
    public synchronized void say(String line) {
        requireStarted(input).println(line);
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // The hooks run already; this one finds nothing to kill.
        }
    }

    private synchronized Process running() {
        return requireStarted(process);
    }

    private synchronized BufferedReader reader() {
        return requireStarted(output);
    }

    private <T> T requireStarted(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException(name + ": not started");
        }
        return part;
    }

    private static void awaitEnd(Process process) {
        try {
            process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    private static List<String> command(Path log, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-Djava.io.tmpdir=" + log.toAbsolutePath().getParent());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(MAIN);
        command.addAll(arguments);
        return command;
    }
}
