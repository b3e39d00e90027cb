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
 * Plays migrations, one after the other, and prints a line for each. {@code [DOCUMENTS=N] [shared] [FROM TO ...]}; without
 * engines all that there are, and two sidecars on one table. The exit code is 1 if one of them has failed or done damage.
 */
public final class Migrations {
    private static final String DOCUMENTS = "DOCUMENTS=";
    private static final String SHARED = "shared";
    private static final int MOST = 3_000;
    private static final int MOST_FOR_A_MODEL = 300;

    private final int documents;

    private Migrations(int documents) {
        this.documents = documents;
    }

    public static void main(String[] arguments) throws IOException {
        try {
            System.exit(run(arguments) ? 0 : 1);
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
            System.exit(2);
        }
    }

    private static boolean run(String[] arguments) throws IOException {
        List<String> words = new ArrayList<>(Stream.of(arguments)
                .flatMap(each -> Stream.of(each.strip().split("\\s+")))
                .filter(each -> !each.isEmpty())
                .toList());
        boolean isSized = !words.isEmpty() && words.get(0).startsWith(DOCUMENTS);
        Migrations migrations =
                new Migrations(isSized ? Integer.parseInt(words.remove(0).substring(DOCUMENTS.length())) : 0);
        boolean isAll = words.isEmpty();
        boolean isShared = words.remove(SHARED) || isAll;
        List<Pair> pairs = isShared && words.isEmpty() && !isAll ? List.of() : Pair.parse(words);
        boolean isSharedWell = !isShared || share();
        List<Pair> bad = pairs.stream().filter(pair -> !migrations.play(pair)).toList();
        if (!bad.isEmpty()) {
            System.out.println("damage: " + bad + " (expected: none)");
        }
        return isSharedWell && bad.isEmpty();
    }

    /** Two sidecars on one table; returns whether it was as it should be. */
    private static boolean share() throws IOException {
        Path folder = Files.createTempDirectory("crossfade-shared-");
        try {
            List<String> findings = SharedTable.findings(folder);
            System.out.println("two sidecars on one table: " + (findings.isEmpty() ? "nothing is lost" : findings));
            return findings.isEmpty();
        } catch (Exception | AssertionError e) {
            System.out.println("two sidecars on one table: " + trace(e));
            return false;
        } finally {
            delete(folder);
        }
    }

    private static String trace(Throwable failed) {
        StringWriter trace = new StringWriter();
        failed.printStackTrace(new PrintWriter(trace));
        return "not played to the end: " + trace;
    }

    /** Returns whether it was as it should be. */
    private boolean play(Pair pair) {
        try {
            Verdict verdict = verdict(pair);
            System.out.println(pair + ": " + verdict);
            verdict.findings().forEach(finding -> System.out.println("  " + finding));
            return verdict.isGood();
        } catch (Exception | AssertionError e) {
            System.out.println(pair + ": " + trace(e));
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
