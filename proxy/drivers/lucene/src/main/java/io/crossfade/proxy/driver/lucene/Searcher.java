package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.ParamSupport;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries and counts from Lucene, and from RocksDB for the documents that Lucene does not show yet. Scores and
 * results are always computed from what is stored now.
 */
final class Searcher {
    private static final int MOST_UNSEEN = 512;
    private static final String EF = "ef";

    static final ParamSupport PARAMS = ParamSupport.of(Map.of(EF, new ParamSupport.WholeNumber(1, 10_000)));

    private final Store store;
    private final SearchIndex search;
    private final Indexer indexer;
    private final Map<String, Space> fields;
    private final int ef;

    Searcher(Store store, SearchIndex search, Indexer indexer, Map<String, Space> fields, int ef) {
        this.store = store;
        this.search = search;
        this.indexer = indexer;
        this.fields = fields;
        this.ef = ef;
    }

    List<Hit> query(VectorQuery query) throws IOException {
        Space space = fields.get(query.field());
        String problem = VectorCheck.problem(fields, query.field(), query.vector());
        if (problem != null || space == null) {
            throw new IndexException(IndexException.Kind.INVALID, String.valueOf(problem));
        }
        // the order matters: what is not among the unseen, a later searcher shows
        List<Change> unseen = relevant(indexer.unseen(MOST_UNSEEN), query.filter());
        try (View view = store.view()) {
            Stream<Neighbour> candidates = Stream.concat(
                    nearest(query, unseen, view).stream(),
                    unseen.stream().map(change -> new Neighbour(change.ordinal(), change.key())));
            return candidates
                    .flatMap(candidate -> score(query, space, candidate, view))
                    .filter(scored -> scored.score() >= query.minScore())
                    .sorted(Comparator.comparingDouble(Scored::score).reversed().thenComparing(Scored::key))
                    .skip(query.offset())
                    .limit(query.topK())
                    .map(scored -> scored.hit(view, query.wanted()))
                    .toList();
        }
    }

    /**
     * The unseen changes that need a look: without a filter, a document whose vector is shown as it stands needs none.
     */
    private static List<Change> relevant(List<Change> unseen, @Nullable Filter filter) {
        return filter != null ? unseen : unseen.stream().filter(Change::vectors).toList();
    }

    /** The nearest documents that Lucene shows as they stand. */
    private List<Neighbour> nearest(VectorQuery query, List<Change> unseen, View view) throws IOException {
        OrdinalSet allowed = query.filter() == null ? null : search.metadata().find(query.filter(), view);
        Set<Long> stale = unseen.stream().map(Change::ordinal).collect(Collectors.toSet());
        int wanted = query.offset() + query.topK();
        int candidates = Math.max(wanted, ef(query));
        List<Neighbour> found = search(query, candidates, allowed);
        List<Neighbour> current = without(found, stale);
        if (current.size() < wanted && found.size() >= candidates) {
            // stale ones took the places of others; there cannot be more of them than this
            current = without(search(query, candidates + stale.size(), allowed), stale);
        }
        return current.subList(0, Math.min(wanted, current.size()));
    }

    private List<Neighbour> search(VectorQuery query, int most, @Nullable OrdinalSet allowed) throws IOException {
        return search.vectors().nearest(query.namespace(), query.field(), query.vector(), most, allowed);
    }

    private static List<Neighbour> without(List<Neighbour> found, Set<Long> stale) {
        return found.stream()
                .filter(neighbour -> !stale.contains(neighbour.ordinal()))
                .toList();
    }

    private int ef(VectorQuery query) {
        PARAMS.require(query.params());
        return query.params().get(EF) instanceof Value.Int64 asked ? (int) asked.value() : ef;
    }

    private static Stream<Scored> score(VectorQuery query, Space space, Neighbour candidate, View view) {
        Key key = KeyCodec.decode(candidate.key());
        if (!key.namespace().equals(query.namespace())) {
            return Stream.empty();
        }
        StoredContent content = view.content(candidate.key(), candidate.ordinal());
        if (content == null || !meets(query.filter(), key, content)) {
            return Stream.empty();
        }
        Embedding vector = view.vector(content.ordinal(), query.field());
        return vector == null
                ? Stream.empty()
                : Stream.of(new Scored(key, content, space.score(query.vector(), vector)));
    }

    private static boolean meets(@Nullable Filter filter, Key key, StoredContent content) {
        return filter == null || FilterEvaluator.matches(filter, key, content.metadata());
    }

    long count(Filter filter) throws IOException {
        List<Change> unseen = new ArrayList<>(indexer.unseen(MOST_UNSEEN));
        try (View view = store.view()) {
            OrdinalSet found = search.metadata().find(filter, view);
            long stale = unseen.stream()
                    .filter(change -> found.contains(change.ordinal()))
                    .count();
            long current = unseen.stream()
                    .filter(change -> {
                        StoredContent content = view.content(change.key(), change.ordinal());
                        return content != null && meets(filter, KeyCodec.decode(change.key()), content);
                    })
                    .count();
            return found.size() - stale + current;
        }
    }

    /** A candidate with its exact score. */
    private record Scored(Key key, StoredContent content, double score) {
        Hit hit(View view, Projection wanted) {
            return new Hit(view.document(key, content, wanted), score);
        }
    }
}
