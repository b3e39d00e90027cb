package io.crossfade.proxy.migrations.measure;

import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Filters;
import io.crossfade.client.Search;
import io.crossfade.proxy.demo.existing.Corpus;
import io.crossfade.proxy.demo.existing.Existing;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How many of the ten nearest documents a search finds. A document counts that is as near as the tenth of an exact search, so
 * that of several with one vector any will do.
 *
 * @param queries how many were asked
 * @param share of the documents that pass the filter
 */
record Recall(int queries, double unfiltered, double share, double filtered) {
    private static final int HITS = 10;
    private static final double SAME = 1e-6;
    private static final double SHARE = 0.1;
    private static final String KEY = "weight";

    static Recall of(CrossfadeCollection words, String space, Corpus corpus, List<float[]> queries) {
        List<Existing> all = corpus.existing();
        double below = highest(all) * SHARE;
        List<Existing> some = all.stream()
                .filter(each -> each.entry().metadata().get(KEY) instanceof Double weight && weight < below)
                .toList();
        return new Recall(
                queries.size(),
                found(words, all, queries, vector -> search(space, vector)),
                (double) some.size() / all.size(),
                found(words, some, queries, vector -> search(space, vector).where(Filters.lt(KEY, below))));
    }

    private static double highest(List<Existing> all) {
        return all.stream()
                .map(each -> each.entry().metadata().get(KEY))
                .mapToDouble(weight -> weight instanceof Double number ? number : 0)
                .max()
                .orElseThrow();
    }

    private static Search search(String space, float[] vector) {
        return Search.vector(space, vector).topK(HITS);
    }

    private static double found(
            CrossfadeCollection words, List<Existing> all, List<float[]> queries, Function<float[], Search> search) {
        Map<String, Existing> byId = all.stream().collect(Collectors.toMap(Existing::id, each -> each));
        return queries.stream()
                        .mapToLong(query -> {
                            double tenth = tenth(all, query);
                            return words.query(search.apply(query)).hits().stream()
                                    .map(hit -> byId.get(hit.doc().id()))
                                    .filter(hit -> hit != null && cosine(hit.vector(), query) >= tenth - SAME)
                                    .count();
                        })
                        .average()
                        .orElseThrow()
                / HITS;
    }

    /** How near the tenth of the nearest is. */
    private static double tenth(List<Existing> all, float[] query) {
        double[] sorted = all.stream()
                .mapToDouble(each -> cosine(each.vector(), query))
                .sorted()
                .toArray();
        return sorted[Math.max(0, sorted.length - HITS)];
    }

    private static double cosine(float[] one, float[] other) {
        double product = 0;
        double ones = 0;
        double others = 0;
        for (int i = 0; i < one.length; i++) {
            product += (double) one[i] * other[i];
            ones += (double) one[i] * one[i];
            others += (double) other[i] * other[i];
        }
        return product / Math.sqrt(ones * others);
    }
}
