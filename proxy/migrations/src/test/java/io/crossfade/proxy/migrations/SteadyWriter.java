package io.crossfade.proxy.migrations;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.CrossfadeException;
import io.crossfade.client.Doc;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes the same few documents again and again, each time with the next number, and remembers which may stand. Guarded by this;
 * no call is made under it.
 */
final class SteadyWriter implements AutoCloseable {
    private static final int DOCUMENTS = 50;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final String name;
    private final CrossfadeClient client;
    private final Thread thread;
    private final Map<String, Set<Long>> mayStand = new TreeMap<>();
    private long acked;
    private long refused;
    private @Nullable String failure;
    private boolean stopped;

    SteadyWriter(String name, CrossfadeClient client) {
        this.name = name;
        this.client = client;
        thread = new Thread(this::run, name);
        thread.start();
    }

    private void run() {
        CrossfadeCollection words = client.collection("words").withTimeout(TIMEOUT);
        for (long number = 1; !isStopped(); number++) {
            String id = name + "-" + number % DOCUMENTS;
            try {
                words.upsert(Doc.of(id).metadata("n", number).vector("tiny", number, 1, 2, 3));
                acked(id, number);
            } catch (CrossfadeException e) {
                failed(id, number, e);
            }
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private synchronized void acked(String id, long number) {
        acked++;
        mayStand.put(id, new HashSet<>(Set.of(number)));
    }

    private synchronized void failed(String id, long number, CrossfadeException failed) {
        if (failed.code() == Status.Code.FAILED_PRECONDITION) {
            refused++;
        } else {
            mayStand.computeIfAbsent(id, same -> new HashSet<>()).add(number);
        }
        failure = failed.getMessage();
    }

    synchronized long acked() {
        return acked;
    }

    synchronized long refused() {
        return refused;
    }

    /** The last one. */
    synchronized Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    synchronized int documents() {
        return mayStand.size();
    }

    /** What does not stand as it may. */
    synchronized List<String> differences(Map<String, Long> found) {
        List<String> differences = new ArrayList<>();
        mayStand.forEach((id, numbers) -> {
            Long stands = found.get(id);
            if (stands == null || !numbers.contains(stands)) {
                differences.add(id + ": " + stands + " (expected: one of " + numbers + ")");
            }
        });
        return differences;
    }

    /** Returns when no call is under way. */
    void stop() throws InterruptedException {
        synchronized (this) {
            stopped = true;
        }
        thread.join();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
        client.close();
    }
}
