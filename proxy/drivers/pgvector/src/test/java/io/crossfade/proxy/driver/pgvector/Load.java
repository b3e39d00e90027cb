package io.crossfade.proxy.driver.pgvector;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;

/** Writers of an index, each with documents of its own, that remember what was acknowledged. None of what they write is to be refused. */
final class Load {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int DOCUMENTS = 50;

    private final VectorIndex index;
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<Writer> writers = new ArrayList<>();
    private final List<CompletableFuture<Void>> running = new ArrayList<>();
    private final Queue<Outcome> refused = new ConcurrentLinkedQueue<>();

    Load(VectorIndex index, int count) {
        this.index = index;
        for (int i = 0; i < count; i++) {
            Writer writer = new Writer(i);
            writers.add(writer);
            running.add(CompletableFuture.runAsync(writer, task -> new Thread(task, "writer").start()));
        }
    }

    /** What a writer knows of its documents: each has the last value that was acknowledged, or one that was sent after it. */
    private final class Writer implements Runnable {
        private final int name;
        private final Map<String, Long> acknowledged = new HashMap<>();
        private final Map<String, Set<Long>> possible = new HashMap<>();
        private volatile int acks;
        private volatile int failures;

        Writer(int name) {
            this.name = name;
        }

        @Override
        public void run() {
            for (long i = 0; !over.get(); i++) {
                String id = name + "-" + i % DOCUMENTS;
                Outcome outcome =
                        index.write(List.of(put(id, i)), TIMEOUT).join().get(0);
                if (outcome.equals(Outcome.APPLIED)) {
                    acknowledged.put(id, i);
                    possible.remove(id);
                    acks++;
                } else {
                    failures++;
                    if (outcome.mayStillLand()) {
                        possible.computeIfAbsent(id, key -> new HashSet<>()).add(i);
                    } else if (!(outcome instanceof Outcome.Failed)) {
                        refused.add(outcome);
                    }
                }
            }
        }

        void check() {
            acknowledged.forEach((id, last) -> {
                StoredDocument stands = index.fetch(List.of(Key.of(id)), Projection.ALL, TIMEOUT)
                        .join()
                        .get(Key.of(id));
                long found = ((Value.Int64) requireNonNull(
                                requireNonNull(stands, id).metadata().get("n")))
                        .value();
                Set<Long> expected = new HashSet<>(possible.getOrDefault(id, Set.of()));
                expected.add(last);
                assertThat(expected).as(id).contains(found);
                assertThat(stands.vectors()).as(id).isEqualTo(Map.of("", IndexFixture.vector(found)));
            });
        }
    }

    static IndexWrite put(String id, long number) {
        return new IndexWrite.Put(
                IndexFixture.document(id, Map.of("n", Value.of(number)), IndexFixture.vector(number)));
    }

    private int acks() {
        return writers.stream().mapToInt(writer -> writer.acks).sum();
    }

    private int failures() {
        return writers.stream().mapToInt(writer -> writer.failures).sum();
    }

    /** Waits until so many more writes are acknowledged. */
    void awaitAcks(int more) {
        int before = acks();
        Awaitility.await().atMost(PATIENCE).until(() -> acks() > before + more);
    }

    /** Waits until so many more writes have failed, or may have. */
    void awaitFailures(int more) {
        int before = failures();
        Awaitility.await().atMost(PATIENCE).until(() -> failures() > before + more);
    }

    /** Ends the writers, and looks whether what was acknowledged is there, and that no document was blamed. */
    void endAndCheck() {
        over.set(true);
        running.forEach(CompletableFuture::join);
        assertThat(refused).isEmpty();
        writers.forEach(Writer::check);
    }
}
