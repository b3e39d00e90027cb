package io.crossfade.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sidecar is a process of its own here, and dies without a word. */
final class RestartTest {
    private static final int CALLS_IN_FLIGHT = 16;
    private static final Duration DOWN = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    /** Calls without a pause, some of them under way at every instant. */
    private static final class Load implements Runnable {
        final List<CompletableFuture<WriteResults>> writes = new ArrayList<>();
        final List<CompletableFuture<Long>> reads = new ArrayList<>();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicBoolean end = new AtomicBoolean();
        private final AsyncCollection products;

        Load(AsyncCollection products) {
            this.products = products;
        }

        @Override
        public void run() {
            Semaphore inFlight = new Semaphore(CALLS_IN_FLIGHT);
            while (!end.get()) {
                inFlight.acquireUninterruptibly();
                CompletableFuture<WriteResults> write = products.upsert(Doc.of("doc-" + writes.size()));
                writes.add(write.whenComplete((results, failure) -> {
                    failed.addAndGet(failure == null ? 0 : 1);
                    inFlight.release();
                }));
                if (writes.size() % 10 == 0) {
                    reads.add(products.count());
                }
            }
        }
    }

    @Test
    void sidecarKilledAndBackAfterTwoSeconds_noCallFails() throws Exception {
        Path journal = directory.resolve("writes");
        KillableSidecar sidecar = KillableSidecar.start(0, journal);
        Load load;
        try (CrossfadeClient client = CrossfadeClient.connect(sidecar.target())) {
            DocumentScan scan = client.collection("products").scan(Scan.all());
            scan.next();
            load = new Load(client.collection("products").async());
            // A thread of its own: the common pool may have one thread only, and this one is never free.
            Thread loading = new Thread(load, "load");
            loading.start();

            sidecar.awaitWrites(500);
            sidecar.kill();
            int port = sidecar.port();
            Awaitility.await().during(DOWN).until(() -> load.failed.get() == 0);
            sidecar = KillableSidecar.start(port, journal);
            sidecar.awaitWrites(500);
            load.end.set(true);
            loading.join();

            CompletableFuture.allOf(load.writes.toArray(CompletableFuture[]::new))
                    .join();
            CompletableFuture.allOf(load.reads.toArray(CompletableFuture[]::new))
                    .join();
            assertThat(scan.stream().map(Doc::id)).containsExactlyElementsOf(KillableSidecar.idsAfterTheFirst());
        } finally {
            sidecar.kill();
        }
        // A thousand arrived; of those, the ones under way when the sidecar was killed arrived twice.
        assertThat(load.writes).hasSizeGreaterThanOrEqualTo(1000 - CALLS_IN_FLIGHT);
        assertEveryWriteArrivedUnderOneWriteId(journal, load.writes.size());
    }

    private static void assertEveryWriteArrivedUnderOneWriteId(Path journal, int writes) throws IOException {
        var writeIdsByDocument = Files.readAllLines(journal).stream()
                .map(line -> line.split(" ", -1))
                .filter(parts -> parts.length == 3) // the line being written when the process was killed may be torn
                .collect(Collectors.groupingBy(
                        parts -> parts[0], Collectors.mapping(parts -> parts[1], Collectors.toSet())));
        assertThat(writeIdsByDocument).hasSize(writes);
        assertThat(writeIdsByDocument.values()).allMatch(writeIds -> writeIds.size() == 1);
    }
}
