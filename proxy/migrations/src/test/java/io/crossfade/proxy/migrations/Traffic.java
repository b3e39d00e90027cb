package io.crossfade.proxy.migrations;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.History;
import io.crossfade.proxy.demo.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The demo's application in a process of its own: it upserts, changes metadata, deletes, fetches and searches all the time. */
final class Traffic implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Of the documents that the application asks for. */
    static final int KNOWN = 50;

    private static final int WORKERS = 4;
    private static final int CALLS_PER_SECOND = 100;

    private final Path history;
    private final Child app;

    /**
     * @param history what the collection has already
     */
    Traffic(Path folder, Path history, int port, int documents, long seed) {
        this.history = history;
        app = new Child(
                "app",
                folder.resolve("app.log"),
                true,
                List.of(
                        "demo-app",
                        "--address=127.0.0.1:" + port,
                        "--collection=words",
                        "--history=" + history,
                        "--documents=" + documents,
                        "--known=" + KNOWN,
                        "--numbers",
                        "--workers=" + WORKERS,
                        "--calls-per-second=" + CALLS_PER_SECOND,
                        "--seed=" + seed));
    }

    void start() throws IOException {
        app.start();
        expect("loaded");
        run();
    }

    /** Goes on. */
    void run() throws IOException {
        command("run", "running");
    }

    /** Returns when no call is under way. */
    void pause() throws IOException {
        command("pause", "paused");
    }

    /** Returns when its history is complete. */
    void stop() throws IOException {
        command("stop", "stopped");
    }

    private void command(String command, String answer) throws IOException {
        app.say(command);
        expect(answer);
    }

    private void expect(String answer) throws IOException {
        String line = app.nextLine();
        if (!line.equals(answer)) {
            throw new IOException("app: " + line + " (expected: " + answer + ")");
        }
    }

    /** Waits until so many more calls have ended, in one way or the other. */
    void awaitCalls(int more) throws IOException {
        long wanted = ended() + more;
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> ended() >= wanted);
    }

    private long ended() throws IOException {
        app.requireAlive();
        try (Stream<String> lines = Files.lines(history)) {
            return lines.count();
        }
    }

    /** Those of before it began included. */
    List<Call> calls() throws IOException {
        return History.read(history);
    }

    @Override
    public void close() {
        app.close();
    }
}
