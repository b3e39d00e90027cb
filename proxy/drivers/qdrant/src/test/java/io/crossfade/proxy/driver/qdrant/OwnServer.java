package io.crossfade.proxy.driver.qdrant;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A test double in a process of its own, which ends with this object, or before when it is killed. */
public final class OwnServer implements AutoCloseable {
    private static final String LISTENING = "listening ";

    private final Process process;
    private final int port;

    private OwnServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Returns when it serves what is in the directory. */
    public static OwnServer start(Path directory, String... options) throws IOException {
        String command = System.getProperty("engine.double", "");
        if (command.isEmpty()) {
            throw new IllegalStateException(
                    "-Dengine.double: missing (expected: the command that starts a test double)");
        }
        List<String> whole = new ArrayList<>(List.of(command.split(" ")));
        whole.addAll(List.of("--dir", directory.toString()));
        whole.addAll(List.of(options));
        Process process = new ProcessBuilder(whole)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        String line = out.readLine();
        if (line == null || !line.startsWith(LISTENING)) {
            process.destroyForcibly();
            throw new IOException("test double: " + line + " (expected: listening PORT)");
        }
        return new OwnServer(process, Integer.parseInt(line.substring(LISTENING.length())));
    }

    public int port() {
        return port;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Stops it in its tracks; its sockets stay. */
    public void freeze() throws IOException {
        signal("STOP");
    }

    /** Lets it go on. */
    public void thaw() throws IOException {
        signal("CONT");
    }

    private void signal(String name) throws IOException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .onExit()
                .join()
                .exitValue();
        if (code != 0) {
            throw new IOException("kill -" + name + ": exit code " + code + " (expected: 0)");
        }
    }

    /** Ends it without a word. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
