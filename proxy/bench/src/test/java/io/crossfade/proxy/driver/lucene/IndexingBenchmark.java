package io.crossfade.proxy.driver.lucene;

import com.sun.management.OperatingSystemMXBean;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbedderChain;
import io.crossfade.proxy.embed.EmbedderProvider;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a metadata update costs on the embedded index, beside a new put of the document with a ready vector, and with one
 * that has to be embedded first; and what queries take. Processor time of the whole process counts, the compiler's
 * included. Each step begins with an open index and ends with a closed one, so that indexing in the background, the last
 * commit and what could not be indexed before it are counted. The first round, which warms up, is shown and not summed up.
 *
 * <pre>{@code
 * mvn -Pbench verify -DskipTests -Dbench.main=io.crossfade.proxy.driver.lucene.IndexingBenchmark \
 *     [-Dbench.args="documents=20000 rounds=5 embedded=500"]
 * }</pre>
 */
final class IndexingBenchmark {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final int DIMENSIONS = 384;
    private static final Space SPACE =
            new Space("minilm", "all-MiniLM-L6-v2", "", DIMENSIONS, Space.Metric.COSINE, false, "", "", 0);
    private static final int BATCH = 100;
    private static final int QUERIES = 500;
    private static final List<String> WORDS =
            List.of("a bright brass lamp for the desk with two arms and a heavy foot that stands firm".split(" "));
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Settings settings;
    private final int documents;
    private final Path directory = Files.createTempDirectory("crossfade-bench");
    private final SystemTime time = new SystemTime();
    private final ExecutorService blocking = Executors.newFixedThreadPool(4);
    private List<Embedding> vectors;

    private IndexingBenchmark(Settings settings) throws IOException {
        this.settings = settings;
        this.documents = settings.documents();
        this.vectors = vectors(0);
    }

    /**
     * @param embedded texts embedded in each round
     */
    private record Settings(int documents, int rounds, int embedded) {
        static Settings parse(String[] arguments) {
            Map<String, Integer> given = new HashMap<>();
            for (String argument : arguments) {
                String[] parts = argument.split("=", 2);
                given.put(parts[0], Integer.valueOf(parts[1]));
            }
            return new Settings(
                    given.getOrDefault("documents", 20_000),
                    given.getOrDefault("rounds", 5),
                    given.getOrDefault("embedded", 500));
        }
    }

    /** Processor time of one, in microseconds. */
    private record Round(double patch, double same, double put, double embedding) {}

    public static void main(String[] arguments) throws IOException {
        IndexingBenchmark benchmark = new IndexingBenchmark(Settings.parse(arguments));
        try {
            benchmark.run();
        } finally {
            benchmark.close();
        }
    }

    private void close() throws IOException {
        blocking.shutdownNow();
        time.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void run() throws IOException {
        write("ingest", n -> new IndexWrite.Put(document(n, 0)));
        List<Round> rounds = new ArrayList<>();
        try (EmbedderChain embedder = embedder()) {
            for (int i = 0; i <= settings.rounds(); i++) {
                Round round = round(i + 1, embedder);
                report(i == 0 ? "warm up" : "round " + i, List.of(round));
                if (i > 0) {
                    rounds.add(round);
                }
            }
        }
        report("median (least-most)", rounds);
        queries();
    }

    private Round round(int salt, EmbedderChain embedder) throws IOException {
        double patch = write(
                "metadata update",
                n -> new IndexWrite.PatchMetadata(
                        key(n), salt, MetadataPatch.set(Map.of("stock", Value.of(n + salt)))));
        double same = write("put again, same vector", n -> new IndexWrite.Put(document(n, -salt)));
        vectors = vectors(salt);
        double put = write("put again, other vector", n -> new IndexWrite.Put(document(n, 10 * salt)));
        return new Round(patch, same, put, embed(embedder, salt));
    }

    /** In-process, as in the demo; no text is asked twice, so the cache does not help. */
    private EmbedderChain embedder() {
        return EmbedderChain.create(
                SPACE, "onnx", Map.of("artifact", "all-minilm-l6-v2-q"), new EmbedderProvider.Context(blocking, time));
    }

    private double embed(EmbedderChain embedder, int salt) {
        List<String> texts = IntStream.range(0, settings.embedded())
                .mapToObj(n -> text(salt * 1_000_003 + n))
                .toList();
        long cpu = PROCESS.getProcessCpuTime();
        embedder.embed(texts, Embedder.Use.LIVE_WRITE).join();
        return (PROCESS.getProcessCpuTime() - cpu) / 1e3 / texts.size();
    }

    private static void report(String name, List<Round> rounds) {
        print(
                "%s: CPU us: metadata update %s, put of the same vector %s, put of another vector %s, embedding %s",
                name,
                spread(rounds, Round::patch, "%.0f"),
                spread(rounds, Round::same, "%.0f"),
                spread(rounds, Round::put, "%.0f"),
                spread(rounds, Round::embedding, "%.0f"));
        print(
                "%s: a put costs as much as so many metadata updates: with a ready vector %s, with embedding %s",
                name,
                spread(rounds, round -> round.put() / round.patch(), "%.1f"),
                spread(rounds, round -> (round.put() + round.embedding()) / round.patch(), "%.0f"));
    }

    private static String spread(List<Round> rounds, ToDoubleFunction<Round> figure, String format) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        String median = String.format(format, sorted[sorted.length / 2]);
        return sorted.length == 1
                ? median
                : median + String.format(" (" + format + "-" + format + ")", sorted[0], sorted[sorted.length - 1]);
    }

    /** Process CPU in microseconds per write. */
    private double write(String name, IntFunction<IndexWrite> writes) throws IOException {
        long wall = time.nanos();
        long cpu = PROCESS.getProcessCpuTime();
        try (VectorIndex index = open()) {
            wall = time.nanos();
            cpu = PROCESS.getProcessCpuTime();
            for (int from = 0; from < documents; from += BATCH) {
                List<IndexWrite> batch = new ArrayList<>();
                for (int n = from; n < Math.min(documents, from + BATCH); n++) {
                    batch.add(writes.apply(n));
                }
                require(index.write(batch, TIMEOUT).join());
            }
            awaitIndexed(index);
        }
        double seconds = (time.nanos() - wall) / 1e9;
        double micros = (PROCESS.getProcessCpuTime() - cpu) / 1e3 / documents;
        print(
                "%s: %.0f/s in all, %.2f s wall, %.1f us cpu each, rss %s",
                name, documents / seconds, seconds, micros, rss());
        return micros;
    }

    /** So that nothing is left for the next step: a merge that the close cuts short begins again at the next start. */
    private void awaitIndexed(VectorIndex index) {
        LuceneIndex lucene = (LuceneIndex) index;
        while (lucene.backlog() > 0 || isMerging()) {
            CompletableFuture<Void> tick = new CompletableFuture<>();
            var unused = time.after(Duration.ofMillis(5), () -> tick.complete(null));
            tick.join();
        }
    }

    private static boolean isMerging() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("Lucene Merge Thread"));
    }

    private static void require(List<Outcome> outcomes) {
        if (outcomes.stream().anyMatch(outcome -> !(outcome instanceof Outcome.Applied))) {
            throw new IllegalStateException("outcomes: " + outcomes + " (expected: all applied)");
        }
    }

    private void queries() throws IOException {
        Filter tenth = new Filter.Comparison("tenth", Filter.Operator.EQ, List.of(Value.of(3)));
        Filter half = new Filter.Comparison("stock", Filter.Operator.LT, List.of(Value.of(documents / 2)));
        try (VectorIndex index = open()) {
            query("warm up", index, null);
            query("query", index, null);
            query("query, filter matches 10 %", index, tenth);
            query("query, filter matches 50 %", index, half);
            print("rss %s", rss());
        }
    }

    private void query(String name, VectorIndex index, @Nullable Filter filter) {
        long[] nanos = new long[QUERIES];
        for (int i = 0; i < QUERIES; i++) {
            VectorQuery query = new VectorQuery(
                    "", "", vector(i, 77), 10, 0, filter, Double.NEGATIVE_INFINITY, Projection.CONTENT, Map.of());
            long begin = time.nanos();
            index.query(query, TIMEOUT).join();
            nanos[i] = time.nanos() - begin;
        }
        Arrays.sort(nanos);
        print("%s: p50 %.2f ms, p99 %.2f ms", name, nanos[QUERIES / 2] / 1e6, nanos[QUERIES * 99 / 100] / 1e6);
    }

    private VectorIndex open() {
        IndexDefinition definition =
                new IndexDefinition("measured", "lucene", Map.of("", SPACE), TextSource.OWN, Map.of());
        VectorIndex index = new LuceneIndexProvider()
                .create(definition, new VectorIndexProvider.Context(directory, blocking, time));
        index.create().join();
        return index;
    }

    private static Key key(int n) {
        return Key.of("document-" + n);
    }

    private StoredDocument document(int n, int stock) {
        Map<String, Value> metadata = new HashMap<>();
        metadata.put("title", Value.of("title of " + n));
        metadata.put("tenth", Value.of(n % 10));
        metadata.put("stock", Value.of(n + stock));
        metadata.put("price", Value.of(n / 7.0));
        return new StoredDocument(key(n), new Stamp(1, Map.of()), text(n), metadata, Map.of("", vectors.get(n)));
    }

    /** 80 words that no other document has in this order. */
    private static String text(int n) {
        Random random = new Random(n);
        return IntStream.range(0, 80)
                .mapToObj(i -> WORDS.get(random.nextInt(WORDS.size())))
                .collect(Collectors.joining(" "));
    }

    private List<Embedding> vectors(int salt) {
        return IntStream.range(0, documents).mapToObj(n -> vector(n, salt)).toList();
    }

    /** Near one of 100 centres, as real embeddings are near their topics. */
    private static Embedding vector(int n, int salt) {
        Random centre = new Random(n % 100);
        Random random = new Random(n * 1000L + salt);
        float[] values = new float[DIMENSIONS];
        for (int i = 0; i < DIMENSIONS; i++) {
            values[i] = (float) (centre.nextGaussian() + 0.7 * random.nextGaussian());
        }
        return Embedding.of(values);
    }

    private static String rss() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS") || line.startsWith("RssAnon"))
                .toList()
                .toString();
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static void print(String format, Object... arguments) {
        System.out.printf(format + "%n", arguments);
    }
}
