package io.crossfade.proxy.demo;

import io.crossfade.proxy.demo.process.Child;
import io.crossfade.proxy.demo.process.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The app, as seen from outside. */
final class AppProcess implements AutoCloseable {
    private final Child child;

    AppProcess(Script script, Layout layout) {
        Path log = layout.folder().resolve("app.log");
        List<String> arguments = new ArrayList<>(List.of(
                "demo-app",
                "--address=" + layout.sidecar().data(),
                "--collection=" + Layout.COLLECTION,
                "--history=" + layout.history(),
                "--documents=" + script.documents(),
                "--known=" + Script.KNOWN_ITEMS,
                "--workers=" + Script.WORKERS,
                "--calls-per-second=" + Script.CALLS_PER_SECOND,
                "--seed=" + script.seed()));
        if (script.hasNumbers()) {
            arguments.add("--numbers");
        }
        child = new Child("app", log, true, arguments);
    }

    void start() throws IOException {
        child.start();
    }

    /** Whether it has something to say, which at first is that all documents are loaded. */
    boolean hasLoaded() throws IOException {
        if (child.hasLine()) {
            expect("loaded");
            return true;
        }
        child.requireAlive();
        return false;
    }

    /** Begins to call, or goes on. */
    void run() throws IOException {
        command("run", "running");
    }

    /** Returns when no call is under way. */
    void pause() throws IOException {
        command("pause", "paused");
    }

    /** Ends it; returns when its history is complete. */
    void stop() throws IOException {
        command("stop", "stopped");
    }

    void requireAlive() {
        child.requireAlive();
    }

    @Override
    public void close() {
        child.close();
    }

    private void command(String command, String answer) throws IOException {
        child.say(command);
        expect(answer);
    }

    private void expect(String answer) throws IOException {
        String line = child.nextLine();
        if (!answer.equals(line)) {
            throw new IOException("app: " + line + " (expected: " + answer + ")");
        }
    }
}
