package io.crossfade.proxy.demo.app;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.proxy.demo.app.Worker.Share;
import io.crossfade.proxy.demo.corpus.Cast;
import io.crossfade.proxy.demo.corpus.Cast.KnownItem;
import io.crossfade.proxy.demo.corpus.Definition;
import io.crossfade.proxy.time.Time;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The demo's application. It loads what the collection has not by its history, says {@code loaded}, and then does what it is told line by line:
 * {@code run}, {@code pause}, {@code stop}; it answers {@code running}, {@code paused}, {@code stopped}. The end of its
 * input stops it too.
 */
final class App implements AutoCloseable {
    /** A sidecar that is killed is back within seconds; calls wait for it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final int LOAD_BATCH = 32;

    private final Settings settings;
    private final Time time;
    private final Gate gate;
    private final CrossfadeClient client;
    private final History history;
    private final List<Worker> workers;
    private final List<Thread> threads = new ArrayList<>();

    App(Settings settings, Cast cast, Time time) throws IOException {
        this.settings = settings;
        this.time = time;
        gate = new Gate(time);
        client = CrossfadeClient.builder(settings.address())
                .readTimeout(TIMEOUT)
                .writeTimeout(TIMEOUT)
                .build();
        Map<String, Entry> there = there(settings.history());
        history = new History(settings.history());
        workers = workers(cast, there);
    }

    /**
     * How the app behaves.
     *
     * @param callsPerSecond of all workers together
     */
    record Settings(String address, String collection, Path history, int workers, double callsPerSecond, long seed) {}

    void run(BufferedReader commands, PrintStream answers) throws IOException, InterruptedException {
        load();
        answers.println("loaded");
        workers.forEach(worker -> start("app", () -> work(worker)));
        String command = commands.readLine();
        while (command != null && !command.equals("stop")) {
            answers.println(obey(command));
            command = commands.readLine();
        }
        gate.shut();
        join();
        answers.println("stopped");
    }

    @Override
    public void close() throws IOException {
        client.close();
        history.close();
    }

    private String obey(String command) throws InterruptedException {
        switch (command) {
            case "run" -> {
                gate.open();
                return "running";
            }
            case "pause" -> {
                gate.pause();
                return "paused";
            }
            default -> {
                return "unknown command: " + command + " (expected: run, pause or stop)";
            }
        }
    }

    private void load() throws InterruptedException {
        workers.forEach(worker -> start("app-load", worker::load));
        join();
    }

    /** Calls at a steady pace; what cannot be made in time is left out, not made up for. */
    private void work(Worker worker) {
        long period = (long) (TimeUnit.SECONDS.toNanos(1) * settings.workers() / settings.callsPerSecond());
        long next = time.nanos();
        try {
            while (gate.enter(next)) {
                try {
                    worker.step();
                } finally {
                    gate.leave();
                }
                next = Math.max(next + period, time.nanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(String name, Runnable task) {
        Thread thread = new Thread(task, name + "-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
    }

    /** The documents that the history begins with. */
    private static Map<String, Entry> there(Path history) throws IOException {
        Map<String, Entry> there = new HashMap<>();
        if (Files.exists(history)) {
            History.read(history).stream()
                    .flatMap(call -> call.writes().stream())
                    .forEach(write -> there.compute(write.id(), (id, before) -> write.entry()));
        }
        return there;
    }

    private List<Worker> workers(Cast cast, Map<String, Entry> there) {
        CrossfadeCollection collection = client.collection(settings.collection());
        Set<String> fixed = cast.known().stream().map(KnownItem::id).collect(Collectors.toSet());
        List<String> questions = cast.known().stream().map(KnownItem::query).toList();
        Recorder recorder = new Recorder(time, history);
        List<Worker> made = new ArrayList<>();
        for (int i = 0; i < settings.workers(); i++) {
            Share share =
                    new Share(batches(share(cast.loaded(), i)), there, share(cast.reserve(), i), fixed, questions);
            made.add(new Worker(collection, recorder, share, new Random(settings.seed() + i)));
        }
        return made;
    }

    private <T> List<T> share(List<T> all, int worker) {
        return IntStream.range(0, all.size())
                .filter(i -> i % settings.workers() == worker)
                .mapToObj(all::get)
                .toList();
    }

    private static List<List<Definition>> batches(List<Definition> all) {
        List<List<Definition>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += LOAD_BATCH) {
            batches.add(all.subList(from, Math.min(all.size(), from + LOAD_BATCH)));
        }
        return batches;
    }
}
