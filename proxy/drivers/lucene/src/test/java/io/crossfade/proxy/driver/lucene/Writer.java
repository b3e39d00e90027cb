package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;

/**
 * A process that writes until it is killed. It prints each number whose writes are acknowledged: number n puts document
 * n, sets its metadata, and removes document n - 3 if n is a multiple of 5.
 */
final class Writer {
    static final Duration TIMEOUT = Duration.ofSeconds(60);
    static final int DIMENSIONS = 16;

    private Writer() {}

    public static void main(String[] arguments) {
        try (SystemTime time = new SystemTime();
                VectorIndex index = open(Path.of(arguments[0]), time)) {
            for (int n = Integer.parseInt(arguments[1]); n < Integer.MAX_VALUE; n++) {
                writeAll(index, n);
                System.out.println(n);
            }
        }
    }

    static VectorIndex open(Path directory, SystemTime time) {
        Space space = new Space("s", "model", "", DIMENSIONS, Space.Metric.COSINE, false, "", "", 0);
        Map<String, Object> options = Map.of("commit_documents", 200, "commit_interval", "200ms");
        IndexDefinition definition =
                new IndexDefinition("killed", "lucene", Map.of("", space), TextSource.OWN, options);
        VectorIndex index = new LuceneIndexProvider()
                .create(definition, new VectorIndexProvider.Context(directory, ForkJoinPool.commonPool(), time));
        index.create().join();
        return index;
    }

    private static void writeAll(VectorIndex index, int n) {
        write(index, new IndexWrite.Put(document(n)));
        MetadataPatch patch = MetadataPatch.set(Map.of("patched", Value.of(n)));
        write(index, new IndexWrite.PatchMetadata(key(n), 2, patch));
        if (removes(n)) {
            write(index, new IndexWrite.Remove(key(n - 3)));
        }
    }

    private static void write(VectorIndex index, IndexWrite write) {
        List<Outcome> outcomes = index.write(List.of(write), TIMEOUT).join();
        if (!outcomes.equals(List.of(Outcome.APPLIED)) && !(write instanceof IndexWrite.Remove)) {
            throw new IllegalStateException("outcomes: " + outcomes + " (expected: applied)");
        }
    }

    static boolean removes(int n) {
        return n % 5 == 0 && n >= 3;
    }

    static Key key(int n) {
        return Key.of("id" + n);
    }

    static StoredDocument document(int n) {
        return new StoredDocument(key(n), new Stamp(1, Map.of()), "text " + n, Map.of(), Map.of("", vector(n)));
    }

    static Embedding vector(int n) {
        Random random = new Random(n);
        float[] values = new float[DIMENSIONS];
        for (int i = 0; i < DIMENSIONS; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Embedding.of(values);
    }
}
