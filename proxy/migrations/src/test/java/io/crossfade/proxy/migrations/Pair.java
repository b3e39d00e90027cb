package io.crossfade.proxy.migrations;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** From which engine to which. In the same engine it is another model that is moved to. */
record Pair(String from, String to) {
    private static final Set<String> SOURCES = Set.of("pgvector", "qdrant", "lucene");
    private static final Set<String> TARGETS = Set.of("pgvector", "qdrant");

    /** What there is to play. */
    static final List<Pair> MATRIX = List.of(
            new Pair("pgvector", "qdrant"),
            new Pair("qdrant", "pgvector"),
            new Pair("lucene", "pgvector"),
            new Pair("lucene", "qdrant"),
            new Pair("pgvector", "pgvector"),
            new Pair("qdrant", "qdrant"));

    Pair {
        require("FROM", from, SOURCES);
        require("TO", to, TARGETS);
    }

    private static void require(String what, String engine, Set<String> known) {
        if (!known.contains(engine)) {
            throw new IllegalArgumentException(what + ": " + engine + " (expected: one of "
                    + String.join(", ", known.stream().sorted().toList()) + ")");
        }
    }

    /** Two words each; none: all. */
    static List<Pair> parse(List<String> words) {
        if (words.size() % 2 != 0) {
            throw new IllegalArgumentException(
                    "migrations: " + String.join(" ", words) + " (expected: FROM TO, once or more often)");
        }
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < words.size(); i += 2) {
            pairs.add(new Pair(words.get(i), words.get(i + 1)));
        }
        return pairs.isEmpty() ? MATRIX : pairs;
    }

    boolean toAnotherModel() {
        return from.equals(to);
    }

    @Override
    public String toString() {
        return from + " → " + to;
    }
}
