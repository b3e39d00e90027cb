package io.crossfade.proxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.CrossfadeException;
import io.crossfade.client.Doc;
import io.crossfade.client.Key;
import io.crossfade.client.Part;
import io.crossfade.client.Patch;
import io.crossfade.client.Scan;
import io.crossfade.client.WriteResult;
import io.crossfade.proxy.time.SystemTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * An application: several threads that upsert, change metadata and delete, each its own keys, and repeat every write until
 * it is acknowledged. So what each key must hold at the end is known exactly.
 */
public final class Load implements AutoCloseable {
    private static final int KEYS_PER_THREAD = 150;
    private static final int MOST_ATTEMPTS = 100;

    private final CrossfadeClient client;
    private final CrossfadeCollection documents;
    private final List<Worker> workers = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> failedCalls = new ConcurrentLinkedQueue<>();
    private final SystemTime time = new SystemTime();
    private long acked;
    private int writing;
    private boolean paused;
    private volatile boolean stopped;

    private Load(CrossfadeClient client, String collection) {
        this.client = client;
        this.documents = client.collection(collection);
    }

    /** Begins at once. */
    public static Load start(CrossfadeClient client, String collection, int threads, long seed) {
        Load load = new Load(client, collection);
        for (int i = 0; i < threads; i++) {
            load.workers.add(load.new Worker(i, seed));
        }
        load.workers.forEach(Thread::start);
        return load;
    }

    /** How many documents there are at the most. */
    public static long keys(int threads) {
        return (long) threads * KEYS_PER_THREAD;
    }

    /** What a document must hold. */
    private record Content(long sequence, long patched) {
        Doc toDoc(String id) {
            return Doc.of(id)
                    .text("text " + sequence)
                    .metadata("sequence", sequence)
                    .vector("tiny", sequence, id.hashCode() & 0xffff, 1, 2);
        }

        String describe(String id) {
            return "text " + sequence + " " + sequence + " " + patched + " "
                    + Arrays.toString(new float[] {sequence, id.hashCode() & 0xffff, 1, 2});
        }
    }

    private static String describe(Doc doc) {
        Map<String, @Nullable Object> metadata = doc.metadata();
        return doc.text().orElse("no text") + " " + metadata.get("sequence") + " "
                + metadata.getOrDefault("patched", 0L) + " "
                + Arrays.toString(doc.vectors().get(0).values());
    }

    private synchronized void ackedOne() {
        acked++;
        notifyAll();
    }

    public synchronized long acked() {
        return acked;
    }

    /** Waits for so many more acknowledged writes. */
    public synchronized void awaitAcks(long more) throws InterruptedException {
        long wanted = acked + more;
        while (acked < wanted && problems.isEmpty()) {
            wait(1_000);
        }
    }

    /** Waits while it goes on for so long, or until something is seen that must not be. */
    public synchronized void run(Duration length) throws InterruptedException {
        long end = time.nanos() + length.toNanos();
        while (time.nanos() < end && problems.isEmpty()) {
            wait(100);
        }
    }

    /** Calls that failed after the client's own attempts; each was repeated. */
    public List<String> failedCalls() {
        return List.copyOf(failedCalls);
    }

    /** Of the calls acknowledged since the last time, in nanoseconds, sorted. */
    public List<Long> takeLatencies() {
        List<Long> taken = new ArrayList<>();
        for (Long each = latencies.poll(); each != null; each = latencies.poll()) {
            taken.add(each);
        }
        taken.sort(null);
        return taken;
    }

    /**
     * @param sorted in nanoseconds
     * @return in milliseconds
     */
    public static double percentile(List<Long> sorted, int percent) {
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100)) / 1e6;
    }

    /**
     * Writes no more until {@link #goOn}; returns when the writes under way are acknowledged. Nothing has been seen that
     * must not be.
     */
    public synchronized void pause() throws InterruptedException {
        paused = true;
        while (writing > 0 && problems.isEmpty()) {
            wait(1_000);
        }
        assertThat(problems).isEmpty();
    }

    public synchronized void goOn() {
        paused = false;
        notifyAll();
    }

    private synchronized void beginWrite() throws InterruptedException {
        while (paused && !stopped) {
            wait(1_000);
        }
        writing++;
    }

    private synchronized void endWrite() {
        writing--;
        notifyAll();
    }

    /** Ends after the writes under way. Nothing has been seen that must not be. */
    public void stop() throws InterruptedException {
        stopped = true;
        for (Worker worker : workers) {
            worker.join();
        }
        assertThat(problems).isEmpty();
    }

    /** Compares what a collection holds with what was acknowledged. */
    public void checkAllIn(CrossfadeCollection collection) {
        Map<String, String> expected = new TreeMap<>();
        workers.forEach(worker -> worker.contents.forEach((id, content) -> expected.put(id, content.describe(id))));
        Map<String, String> found = new TreeMap<>();
        try (var scan = collection.scan(Scan.all().include(Part.TEXT, Part.METADATA, Part.VECTORS))) {
            scan.forEachRemaining(doc -> found.put(doc.id(), describe(doc)));
        }
        assertThat(found).isEqualTo(expected);
    }

    @Override
    public void close() {
        stopped = true;
        client.close();
        time.close();
    }

    private final class Worker extends Thread {
        private final int number;
        private final Random random;
        private final Map<String, Content> contents = new TreeMap<>();
        private long sequence;

        Worker(int number, long seed) {
            super("load-" + number);
            this.number = number;
            this.random = new Random(seed * 31 + number);
        }

        @Override
        public void run() {
            try {
                while (!stopped) {
                    beginWrite();
                    try {
                        writeOne();
                    } finally {
                        endWrite();
                    }
                }
            } catch (RuntimeException | InterruptedException e) {
                problems.add(getName() + ": " + e);
            }
        }

        private void writeOne() {
            String id = number + "-" + random.nextInt(KEYS_PER_THREAD);
            Content before = contents.get(id);
            int dice = random.nextInt(100);
            sequence++;
            if (before == null || dice < 55) {
                upsert(id);
            } else if (dice < 85) {
                patch(id, before);
            } else {
                delete(id);
            }
            if (dice % 10 == 0) {
                readBack(id);
            }
        }

        private void upsert(String id) {
            Content content = new Content(sequence, 0);
            untilAcked(id, () -> documents.upsert(content.toDoc(id)).results().get(0), false);
            contents.put(id, content);
        }

        private void patch(String id, Content before) {
            long patched = sequence;
            untilAcked(
                    id,
                    () -> documents
                            .updateMetadata(id, Patch.set("patched", patched))
                            .results()
                            .get(0),
                    false);
            contents.put(id, new Content(before.sequence(), patched));
        }

        private void delete(String id) {
            untilAcked(id, () -> documents.delete(id).results().get(0), true);
            contents.remove(id);
        }

        private void untilAcked(String id, java.util.function.Supplier<WriteResult> call, boolean mayBeAbsent) {
            for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
                long began = time.nanos();
                try {
                    WriteResult result = call.get();
                    if (result.applied() || (mayBeAbsent && result.leader() == WriteResult.Leader.NOT_FOUND)) {
                        latencies.add(time.nanos() - began);
                        ackedOne();
                        return;
                    } else if (result.leader() == WriteResult.Leader.NOT_FOUND) {
                        throw new IllegalStateException(id + ": an acknowledged document is not there");
                    }
                    failedCalls.add(id + ": " + result);
                } catch (CrossfadeException e) {
                    if (!e.mayBeApplied()) {
                        throw e;
                    }
                    failedCalls.add(id + ": " + e);
                }
            }
            throw new IllegalStateException(id + ": not acknowledged in " + MOST_ATTEMPTS + " attempts");
        }

        private void readBack(String id) {
            try {
                Doc found = documents
                        .fetch(List.of(Key.of(id)), Part.TEXT, Part.METADATA, Part.VECTORS)
                        .get(Key.of(id));
                Content wanted = contents.get(id);
                String described = found == null ? "absent" : describe(found);
                if (!described.equals(wanted == null ? "absent" : wanted.describe(id))) {
                    throw new IllegalStateException(id + ": read " + described + ", acknowledged " + wanted);
                }
            } catch (CrossfadeException e) {
                failedCalls.add(id + ", read: " + e);
            }
        }
    }
}
