package com.example.shelf;

import io.crossfade.proxy.index.ParamSupport;
import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.TimedCall;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A connection to a shelf. Every read looks at every document. */
final class ShelfIndex implements VectorIndex {
    private static final int PAGE_CHARACTERS = 1 << 20;
    private static final String BETWEEN = "\u0001/";

    private final IndexDefinition definition;
    private final Shelf shelf;
    private final ShelfSettings settings;
    private final VectorIndexProvider.Context context;
    private volatile boolean closed;

    ShelfIndex(IndexDefinition definition, Shelf shelf, ShelfSettings settings, VectorIndexProvider.Context context) {
        this.definition = definition;
        this.shelf = shelf;
        this.settings = settings;
        this.context = context;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(EnumSet.allOf(Filter.Operator.class), ParamSupport.NONE, settings.maxBatch(), Duration.ZERO, true);
    }

    @Override
    public CompletableFuture<Void> open() {
        return shelf.has(definition.vectors())
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.failedFuture(new IndexException(
                        IndexException.Kind.MISMATCH,
                        "index " + definition.name() + ": " + shelf.fields() + " (expected: " + definition.vectors() + ")"));
    }

    private void execute(Runnable work) {
        if (closed) {
            throw new RejectedExecutionException("closed");
        }
        context.blocking().execute(work);
    }

    private <T> CompletableFuture<T> read(Duration timeout, Supplier<T> work) {
        return TimedCall.<T>read(context.time(), timeout).run(this::execute, work);
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        return TimedCall.write(context.time(), timeout, writes.size())
                .run(this::execute, () -> writes.stream().map(this::apply).toList());
    }

    private Outcome apply(IndexWrite write) {
        String problem = VectorCheck.problem(definition.vectors(), write);
        return problem == null ? shelf.apply(write) : new Outcome.Rejected(problem);
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return read(timeout, () -> {
            Map<Key, StoredDocument> found = new HashMap<>();
            keys.forEach(key -> shelf.documents.computeIfPresent(key, (same, document) -> {
                found.put(key, document.project(wanted));
                return document;
            }));
            return found;
        });
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        return read(timeout, () -> {
            ParamSupport.NONE.require(query.params());
            String problem = VectorCheck.problem(definition.vectors(), query.field(), query.vector());
            if (problem != null) {
                throw new IndexException(IndexException.Kind.INVALID, problem);
            }
            Space space = definition.vectors().get(query.field());
            return shelf.documents.values().stream()
                    .filter(document -> isWanted(query.namespace(), query.filter(), document))
                    .filter(document -> document.vectors().containsKey(query.field()))
                    .map(document -> new Hit(
                            document.project(query.wanted()),
                            space.score(query.vector(), document.vectors().get(query.field()))))
                    .filter(hit -> hit.score() >= query.minScore())
                    .sorted(Comparator.comparingDouble(Hit::score)
                            .reversed()
                            .thenComparing(hit -> hit.document().key()))
                    .skip(query.offset())
                    .limit(query.topK())
                    .toList();
        });
    }

    private static boolean isWanted(@Nullable String namespace, @Nullable Filter filter, StoredDocument document) {
        return (namespace == null || namespace.equals(document.key().namespace()))
                && (filter == null || FilterEvaluator.matches(filter, document.key(), document.metadata()));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return read(timeout, () -> {
            List<StoredDocument> page = new ArrayList<>();
            int characters = 0;
            for (StoredDocument document : after(query.cursor())) {
                if (isWanted(query.namespace(), query.filter(), document)) {
                    page.add(document.project(query.wanted()));
                    characters += document.toString().length();
                    if (page.size() == query.limit() || characters > PAGE_CHARACTERS) {
                        return new ScanPage(page, document.key().namespace() + BETWEEN + document.key().id());
                    }
                }
            }
            return new ScanPage(page, "");
        });
    }

    private Collection<StoredDocument> after(String cursor) {
        if (cursor.isEmpty()) {
            return shelf.documents.values();
        }
        int namespace = cursor.indexOf(BETWEEN);
        if (namespace < 0) {
            throw new IndexException(
                    IndexException.Kind.INVALID, "cursor: " + cursor + " (expected: one that a scan returned)");
        }
        Key last = new Key(cursor.substring(0, namespace), cursor.substring(namespace + BETWEEN.length()));
        return shelf.documents.tailMap(last, false).values();
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return read(timeout, () -> shelf.documents.values().stream()
                .filter(document -> isWanted(null, filter, document))
                .count());
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return read(timeout, () -> Map.copyOf(shelf.attributes));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return read(timeout, () -> {
            shelf.attributes.compute(name, (same, before) -> value.isEmpty() ? null : value);
            return null;
        });
    }

    @Override
    public void close() {
        closed = true;
    }
}
