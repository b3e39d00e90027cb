package io.crossfade.proxy.migrations.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Writes batches with several connections at once, each of which takes the next one when it is done with the one before. */
final class Batches {
    private Batches() {}

    /** A connection that writes. */
    interface Writer<T> extends AutoCloseable {
        void write(List<T> batch) throws Exception;

        @Override
        void close() throws Exception;
    }

    /** Opens one. */
    interface Opener<T> {
        Writer<T> open() throws Exception;
    }

    static <T> void write(List<T> all, Settings settings, Opener<T> opener) throws Exception {
        AtomicInteger next = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(settings.inFlight());
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < settings.inFlight(); i++) {
                done.add(threads.submit(() -> {
                    writeUntilNoneIsLeft(all, settings.batch(), next, opener);
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static <T> void writeUntilNoneIsLeft(List<T> all, int batch, AtomicInteger next, Opener<T> opener)
            throws Exception {
        try (Writer<T> writer = opener.open()) {
            for (int from = next.getAndAdd(batch); from < all.size(); from = next.getAndAdd(batch)) {
                writer.write(all.subList(from, Math.min(all.size(), from + batch)));
            }
        }
    }
}
