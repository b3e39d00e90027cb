package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How long it takes to record a mark, as every write of a migration does before an engine is called, while other writes wait
 * for syncs all the time. To see it on a slow disk: {@code strace -f --seccomp-bpf -qq -e trace=fdatasync -e
 * inject=fdatasync:delay_enter=100000 -o /dev/null java ... MarkBenchmark}.
 */
public final class MarkBenchmark {
    private static final int MARKS = 200;

    private MarkBenchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("marks");
        try (SystemTime time = new SystemTime()) {
            new JournalFiles("bench", directory, new RocksJournalStores(1 << 30))
                    .open(true, (store, threads, doubt) -> {
                        store.begin();
                        try (Journal journal = new Journal(store, threads, (first, cause) -> {
                            throw cause;
                        })) {
                            measure(journal, time);
                        }
                        return store;
                    });
        }
    }

    private static void measure(Journal journal, SystemTime time) {
        AtomicBoolean stop = new AtomicBoolean();
        Thread syncing = new Thread(() -> {
            for (long sequence = 1_000_000; !stop.get(); sequence++) {
                journal.open(List.of(mark(sequence))).join();
                journal.sync().join();
            }
        });
        syncing.start();
        long[] nanos = new long[MARKS];
        for (int i = 0; i < MARKS; i++) {
            long began = time.nanos();
            journal.open(List.of(mark(i))).join();
            nanos[i] = time.nanos() - began;
            time.rest(java.time.Duration.ofMillis(7)).join();
        }
        stop.set(true);
        join(syncing);
        Arrays.sort(nanos);
        System.out.printf(
                "a mark is recorded after %.2f ms (median), %.2f ms (p90), %.2f ms (most)%n",
                nanos[MARKS / 2] / 1e6, nanos[MARKS * 9 / 10] / 1e6, nanos[MARKS - 1] / 1e6);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static MarkRecord mark(long sequence) {
        return new MarkRecord(
                sequence, Key.of("id" + sequence), 1_000 + sequence, 1, MarkRecord.Kind.WRITE, true, "", List.of());
    }
}
