package io.crossfade.proxy.front;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.Description.SpaceUse;
import io.crossfade.proxy.collection.FetchReply;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.QueryReply;
import io.crossfade.proxy.collection.Validation;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Follower;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.WriteOp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A collection over a map: what a front needs to be tested against, with the real checks and the real meaning. */
final class MapCollection implements Collection {
    private final ConcurrentSkipListMap<Key, StoredDocument> documents = new ConcurrentSkipListMap<>();
    private final Map<String, String> attributes = new ConcurrentHashMap<>();
    private volatile Description description;
    private volatile String lastClient = "";
    private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    MapCollection(Description description) {
        this.description = description;
    }

    /** Work waits until it is released. */
    void hold() {
        gate = new CompletableFuture<>();
    }

    void release() {
        gate.complete(null);
    }

    boolean holds(String id) {
        return documents.containsKey(Key.of(id));
    }

    /** Who wrote last, or asked. */
    String lastClient() {
        return lastClient;
    }

    void describedAs(Description newer) {
        description = newer;
    }

    @Override
    public Description describe() {
        return description;
    }

    @Override
    public CompletableFuture<WriteReply> write(WriteCall call, Duration timeout) {
        lastClient = call.client();
        Validation.checkWrites(call.writes(), call.writeId(), description);
        return work(timeout, () -> apply(call.writes()));
    }

    @Override
    public CompletableFuture<WriteReply> updateMatching(
            Matching matching, MetadataPatch patch, String writeId, Duration timeout) {
        Validation.checkMatching(matching, patch, writeId, description);
        return work(
                timeout,
                () -> apply(matching(matching)
                        .map(key -> (WriteOp) new WriteOp.UpdateMetadata(key, patch))
                        .toList()));
    }

    @Override
    public CompletableFuture<WriteReply> deleteMatching(Matching matching, String writeId, Duration timeout) {
        Validation.checkMatching(matching, null, writeId, description);
        return work(
                timeout,
                () -> apply(matching(matching)
                        .map(key -> (WriteOp) new WriteOp.Delete(key))
                        .toList()));
    }

    private Stream<Key> matching(Matching matching) {
        List<Key> keys = matching(matching.filter())
                .map(StoredDocument::key)
                .filter(key -> key.namespace().equals(matching.namespace()))
                .toList();
        Validation.checkMatched(keys.size(), matching, description);
        return keys.stream();
    }

    private Stream<StoredDocument> matching(@Nullable Filter filter) {
        return documents.values().stream()
                .filter(document ->
                        filter == null || FilterEvaluator.matches(filter, document.key(), document.metadata()));
    }

    private WriteReply apply(List<WriteOp> writes) {
        List<WriteReply.Result> results = new ArrayList<>();
        for (WriteOp write : writes) {
            Leader leader = apply(write) ? Leader.APPLIED : Leader.NOT_FOUND;
            results.add(new WriteReply.Result(write.key(), 0, leader, Follower.NONE, "", false));
        }
        return new WriteReply(results, description.epoch());
    }

    private boolean apply(WriteOp write) {
        if (write instanceof WriteOp.Upsert upsert) {
            documents.put(write.key(), stored(upsert));
            return true;
        } else if (write instanceof WriteOp.Delete) {
            return documents.remove(write.key()) != null;
        }
        return documents.computeIfPresent(write.key(), (key, old) -> changed(old, write)) != null;
    }

    private StoredDocument stored(WriteOp.Upsert upsert) {
        String text = upsert.document().text();
        Map<String, Embedding> vectors = new HashMap<>();
        for (SpaceUse use : description.spaces()) {
            if (use.leading() && text != null && use.embeds()) {
                vectors.put(use.field(), embed(use.space(), text));
            }
        }
        vectors.putAll(leading(upsert.document().vectors()));
        Stamp stamp = upsert.document().stamp() == null
                ? Stamp.NONE
                : upsert.document().stamp();
        return new StoredDocument(upsert.key(), stamp, text, upsert.document().metadata(), vectors);
    }

    private StoredDocument changed(StoredDocument old, WriteOp write) {
        if (write instanceof WriteOp.UpdateMetadata update) {
            return new StoredDocument(
                    old.key(), old.stamp(), old.text(), update.patch().applyTo(old.metadata()), old.vectors());
        }
        Map<String, Embedding> vectors = new HashMap<>(old.vectors());
        vectors.putAll(leading(((WriteOp.UpdateVectors) write).vectors()));
        return new StoredDocument(old.key(), old.stamp(), old.text(), old.metadata(), vectors);
    }

    private Map<String, Embedding> leading(List<NamedVector> given) {
        Map<String, Embedding> vectors = new HashMap<>();
        for (NamedVector vector : given) {
            boolean leads = description.spaces().stream()
                    .anyMatch(use -> use.leading()
                            && use.field().equals(vector.field())
                            && use.space().name().equals(vector.space()));
            if (leads) {
                vectors.put(vector.field(), vector.embedding());
            }
        }
        return vectors;
    }

    /** The same text always lands in the same place. */
    static Embedding embed(Space space, String text) {
        Random random = new Random(text.hashCode());
        float[] values = new float[space.dimensions()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Embedding.of(values);
    }

    @Override
    public CompletableFuture<FetchReply> fetch(List<Key> keys, Projection wanted, Duration timeout) {
        Validation.checkKeys(keys, description);
        return work(
                timeout,
                () -> new FetchReply(
                        keys.stream()
                                .map(documents::get)
                                .filter(Objects::nonNull)
                                .map(document -> document.project(wanted))
                                .toList(),
                        spaces(),
                        description.epoch()));
    }

    @Override
    public CompletableFuture<QueryReply> query(QueryCall query, Duration timeout) {
        lastClient = query.client();
        Validation.checkQuery(query, description);
        SpaceUse serving = description.spaces().stream()
                .filter(use -> use.serving() && use.field().equals(query.field()))
                .findFirst()
                .orElseThrow();
        Embedding target = query.vectors().stream()
                .filter(vector -> vector.space().equals(serving.space().name()))
                .map(NamedVector::embedding)
                .findFirst()
                .orElseGet(() -> embed(serving.space(), query.text()));
        return work(timeout, () -> query(query, serving, target));
    }

    private QueryReply query(QueryCall query, SpaceUse serving, Embedding target) {
        List<Hit> hits = matching(query.filter())
                .filter(document -> document.vectors().containsKey(query.field()))
                .map(document -> new Hit(
                        document.project(query.wanted()),
                        serving.space().score(target, document.vectors().get(query.field()))))
                .sorted(Comparator.comparing(Hit::score).reversed())
                .skip(query.offset())
                .limit(query.topK())
                .toList();
        return new QueryReply(hits, serving.index(), serving.space().name(), spaces(), description.epoch());
    }

    @Override
    public CompletableFuture<ScanReply> scan(ScanCall scan, Duration timeout) {
        Validation.checkScan(scan, description);
        String epoch = description.epoch() + ":";
        if (!scan.cursor().isEmpty() && !scan.cursor().startsWith(epoch)) {
            throw new CallException(
                    CallException.Kind.ABORTED, "cursor: of an older epoch (expected: epoch " + epoch + ")");
        }
        String after = scan.cursor().isEmpty() ? "" : scan.cursor().substring(epoch.length());
        return work(timeout, () -> {
            List<StoredDocument> page = documents.tailMap(Key.of(after), false).values().stream()
                    .filter(document -> scan.slice().contains(document.key()))
                    .limit(scan.limit())
                    .toList();
            boolean last = page.size() < scan.limit();
            String cursor = last ? "" : epoch + page.get(page.size() - 1).key().id();
            List<StoredDocument> shown = page.stream()
                    .filter(document -> scan.filter() == null
                            || FilterEvaluator.matches(scan.filter(), document.key(), document.metadata()))
                    .map(document -> document.project(scan.wanted()))
                    .toList();
            return new ScanReply(new ScanPage(shown, cursor), spaces(), description.epoch());
        });
    }

    @Override
    public CompletableFuture<CountReply> count(@Nullable Filter filter, Duration timeout) {
        Validation.checkCount(filter, description);
        return work(timeout, () -> new CountReply(matching(filter).count(), description.epoch()));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        Validation.checkAttribute(name, value);
        attributes.put(name, value);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return CompletableFuture.completedFuture(Map.copyOf(attributes));
    }

    private Map<String, String> spaces() {
        Map<String, String> spaces = new HashMap<>();
        description.spaces().stream()
                .filter(SpaceUse::serving)
                .forEach(use -> spaces.put(use.field(), use.space().name()));
        return spaces;
    }

    /** The work is done although its answer may be late. */
    private <T> CompletableFuture<T> work(Duration timeout, Supplier<T> work) {
        CompletableFuture<T> done = gate.thenApply(opened -> work.get());
        return done.copy().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).handle((result, failure) -> {
            if (failure instanceof TimeoutException) {
                throw new CallException(CallException.Kind.DEADLINE, "deadline: over; the write may be applied");
            } else if (failure != null) {
                throw failure.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failure);
            }
            return result;
        });
    }
}
