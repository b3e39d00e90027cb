package io.crossfade.proxy.migrations;

import io.crossfade.proxy.process.EmbeddingServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Plays migrations, one after the other, and prints a line for each. {@code [DOCUMENTS=N] [FROM TO ...]}; without engines all
 * that there are. The exit code is 1 if one of them has failed or done damage.
 */
public final class Migrations {
    private static final String DOCUMENTS = "DOCUMENTS=";
    private static final int MOST = 3_000;
    private static final int MOST_FOR_A_MODEL = 300;

    private final int documents;

    private Migrations(int documents) {
        this.documents = documents;
    }

    public static void main(String[] arguments) {
        try {
            System.exit(run(arguments) ? 0 : 1);
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
            System.exit(2);
        }
    }

    private static boolean run(String[] arguments) {
        List<String> words = new ArrayList<>(Stream.of(arguments)
                .flatMap(each -> Stream.of(each.strip().split("\\s+")))
                .filter(each -> !each.isEmpty())
                .toList());
        boolean isSized = !words.isEmpty() && words.get(0).startsWith(DOCUMENTS);
        Migrations migrations =
                new Migrations(isSized ? Integer.parseInt(words.remove(0).substring(DOCUMENTS.length())) : 0);
        List<Pair> bad = Pair.parse(words).stream()
                .filter(pair -> !migrations.play(pair))
                .toList();
        if (!bad.isEmpty()) {
            System.out.println("damage: " + bad + " (expected: none)");
        }
        return bad.isEmpty();
    }

    /** Returns whether it was as it should be. */
    private boolean play(Pair pair) {
        try {
            Verdict verdict = verdict(pair);
            System.out.println(pair + ": " + verdict);
            verdict.findings().forEach(finding -> System.out.println("  " + finding));
            return verdict.isGood();
        } catch (Exception | AssertionError e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            System.out.println(pair + ": not played to the end: " + trace);
            return false;
        }
    }

    private Verdict verdict(Pair pair) throws Exception {
        Path folder = Files.createTempDirectory("crossfade-migration-");
        try (EmbeddingServer server = new EmbeddingServer(Space::draw)) {
            Space from = pair.toAnotherModel() ? Space.minilm() : Space.drawn(server.url());
            Space to = pair.toAnotherModel() ? Space.bge() : from;
            int count = documents > 0 ? documents : pair.toAnotherModel() ? MOST_FOR_A_MODEL : MOST;
            try (Place source = source(pair.from(), folder, from);
                    Place.OnServer target = target(pair.to(), folder.resolve("target"))) {
                return Play.play(folder, count, source, target, from, to);
            }
        } finally {
            delete(folder);
        }
    }

    private static Place source(String engine, Path folder, Space space) throws IOException {
        return engine.equals("lucene")
                ? new LucenePlace(folder.resolve("source"), space)
                : target(engine, folder.resolve("source"));
    }

    private static Place.OnServer target(String engine, Path folder) throws IOException {
        return engine.equals("qdrant") ? new QdrantPlace(folder) : new PgvectorPlace();
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
