package io.crossfade.proxy.demo;

import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Hit;
import io.crossfade.client.Search;
import io.crossfade.proxy.demo.corpus.Cast.KnownItem;
import java.util.List;

/** How well a collection is searched. */
final class Quality {
    private static final int HITS = 10;

    private Quality() {}

    /** Mean reciprocal rank of the known item among the first ten hits; an item that is not among them counts as 0. */
    static double mrrAt10(CrossfadeCollection collection, List<KnownItem> known) {
        return known.stream()
                .mapToDouble(item -> reciprocalRank(collection, item))
                .average()
                .orElse(0);
    }

    private static double reciprocalRank(CrossfadeCollection collection, KnownItem item) {
        List<Hit> hits = collection.query(Search.text(item.query()).topK(HITS)).hits();
        for (int i = 0; i < hits.size(); i++) {
            if (hits.get(i).doc().id().equals(item.id())) {
                return 1.0 / (i + 1);
            }
        }
        return 0;
    }
}
