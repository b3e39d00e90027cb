package io.crossfade.proxy.migrations.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is measured, and how often.
 *
 * @param engine pgvector or qdrant
 * @param documents in the index
 * @param repeats of each figure that counts; of copies one more comes before them
 * @param batch documents that a backfill writes together, and the engine's own client
 * @param inFlight batches that either has under way
 * @param calls of one look at latency
 * @param queries that are compared with an exact search, at most
 */
record Settings(String engine, int documents, int repeats, int batch, int inFlight, int calls, int queries) {
    private static final String USAGE =
            "pgvector or qdrant, then any of DOCUMENTS=N REPEATS=N BATCH=N IN_FLIGHT=N CALLS=N QUERIES=N";

    static Settings parse(List<String> words) {
        Map<String, Integer> given = new LinkedHashMap<>();
        List<String> engines = new ArrayList<>();
        for (String word : words) {
            int is = word.indexOf('=');
            if (is < 0) {
                engines.add(word);
            } else {
                given.put(word.substring(0, is), Integer.parseInt(word.substring(is + 1)));
            }
        }
        String engine = engines.size() == 1 ? engines.get(0) : "";
        Settings settings = new Settings(
                engine,
                take(given, "DOCUMENTS", 20_000),
                take(given, "REPEATS", 3),
                take(given, "BATCH", 256),
                take(given, "IN_FLIGHT", 4),
                take(given, "CALLS", 1_000),
                take(given, "QUERIES", 500));
        if (!List.of("pgvector", "qdrant").contains(engine) || !given.isEmpty()) {
            throw new IllegalArgumentException(String.join(" ", words) + " (expected: " + USAGE + ")");
        }
        return settings;
    }

    private static int take(Map<String, Integer> given, String name, int otherwise) {
        Integer value = given.remove(name);
        if (value != null && value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
        return value == null ? otherwise : value;
    }
}
