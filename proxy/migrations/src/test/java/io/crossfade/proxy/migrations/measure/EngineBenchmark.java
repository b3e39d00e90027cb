package io.crossfade.proxy.migrations.measure;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.proxy.demo.check.Model;
import io.crossfade.proxy.demo.corpus.Cast;
import io.crossfade.proxy.demo.corpus.WordNet;
import io.crossfade.proxy.demo.existing.Corpus;
import io.crossfade.proxy.migrations.LucenePlace;
import io.crossfade.proxy.migrations.Place;
import io.crossfade.proxy.migrations.Space;
import io.crossfade.proxy.time.SystemTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures one engine: how fast history is copied to it and compared, beside what its own client writes; what a sidecar adds to
 * a write and to a query; and how much of an exact search is found. Nothing is embedded but before. {@code pgvector|qdrant
 * [DOCUMENTS=N] [REPEATS=N] [BATCH=N] [IN_FLIGHT=N] [CALLS=N] [QUERIES=N]}; leaves {@code target/engine-bench/ENGINE.json}, and
 * prints the same as tables.
 */
public final class EngineBenchmark {
    private static final long SEED = 1;
    private static final Path FOLDER = Path.of("target", "engine-bench").toAbsolutePath();
    private static final String LUCENE = "lucene";
    private static final String FIRST = "words_first";
    private static final String SERVING = "words_serving";
    private static final String MIRROR = "words_mirror";
    private static final String OWN = "words_own";

    private final Settings settings;
    private final SystemTime time;
    private final Path folder;
    private final Space space = Space.minilm();
    private final Corpus corpus;
    private final List<float[]> queries;

    private EngineBenchmark(Settings settings, SystemTime time, Path folder) throws IOException {
        this.settings = settings;
        this.time = time;
        this.folder = folder;
        Model model = VectorFile.open(FOLDER.resolve(space.name() + ".vectors"), space.model());
        this.corpus = Corpus.of(
                Cast.draw(WordNet.load(), settings.documents(), settings.queries(), SEED)
                        .numbered(),
                model);
        this.queries =
                model.embed(Cast.draw(WordNet.load(), settings.documents(), settings.queries(), SEED).known().stream()
                        .map(Cast.KnownItem::query)
                        .toList());
    }

    public static void main(String[] arguments) throws Exception {
        Settings settings;
        try {
            settings = Settings.parse(Stream.of(arguments)
                    .flatMap(each -> Stream.of(each.strip().split("\\s+")))
                    .filter(each -> !each.isEmpty())
                    .toList());
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
            System.exit(2);
            return;
        }
        Path folder = Files.createTempDirectory(Files.createDirectories(FOLDER), "run-");
        try (SystemTime time = new SystemTime()) {
            Report report = new EngineBenchmark(settings, time, folder).run();
            Path file = FOLDER.resolve(settings.engine() + ".json");
            report.write(file);
            System.out.printf("%n%s%n%s%n", report.markdown(), file);
        } finally {
            delete(folder);
        }
    }

    private Report run() throws Exception {
        try (Engine engine = settings.engine().equals("qdrant")
                        ? new QdrantEngine(settings, folder)
                        : new PgvectorEngine(settings);
                Place lucene = new LucenePlace(folder.resolve("source of " + LUCENE), space);
                Place.OnServer same = engine.another()) {
            lucene.fill(corpus.existing());
            same.fill(corpus.existing());
            Map<String, String> sources = new LinkedHashMap<>();
            sources.put(LUCENE, lucene.options());
            sources.put("the same engine", same.options());
            Engine.Contents contents = first(engine, lucene);
            Copies.Measured copies = new Copies(settings, time, engine, space, folder, sources).measure(contents);
            try (Migrating sidecar = serving(engine, lucene)) {
                return serve(engine, contents, copies, sidecar);
            }
        }
    }

    /** What an index holds after a backfill; others get the same. */
    private Engine.Contents first(Engine engine, Place source) throws Exception {
        try (Migrating sidecar = start(source, Map.of(FIRST, engine.options(FIRST)))) {
            double unused = sidecar.backfill(FIRST);
            sidecar.abort();
        }
        return engine.read(FIRST);
    }

    private Migrating start(Place source, Map<String, String> targets) throws IOException {
        return Migrating.start(folder.resolve("from " + LUCENE), settings, time, space, source.options(), targets);
    }

    /** With an index of the engine that a backfill has filled, in SINGLE. */
    private Migrating serving(Engine engine, Place source) throws IOException {
        Migrating sidecar = start(source, Map.of(SERVING, engine.options(SERVING), MIRROR, engine.options(MIRROR)));
        double unused = sidecar.backfill(SERVING);
        sidecar.complete();
        return sidecar;
    }

    private Report serve(Engine engine, Engine.Contents contents, Copies.Measured copies, Migrating sidecar)
            throws Exception {
        contents.make(OWN);
        contents.ways().values().iterator().next().write(OWN);
        engine.settle();
        try (CrossfadeClient client = sidecar.client()) {
            CrossfadeCollection words = client.collection(Migrating.COLLECTION);
            Recall recall = Recall.of(words, space.name(), corpus, queries); // before anything is changed
            Latency latency = new Latency(settings, time, corpus, queries);
            Latency.Opener directly = () -> contents.caller(OWN);
            Latency.Opener through = () -> Caller.through(client, space.name(), corpus);
            List<Latency.Measured> all = new ArrayList<>(latency.measure("SINGLE", directly, through));
            double unused = sidecar.backfill(MIRROR);
            engine.settle();
            all.addAll(latency.measure("MIRRORING", directly, through));
            return new Report(
                    engine.name(),
                    engine.isTestDouble(),
                    Runtime.version().toString(),
                    Runtime.getRuntime().availableProcessors(),
                    settings,
                    copies,
                    copies.ratios(),
                    all,
                    recall);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
