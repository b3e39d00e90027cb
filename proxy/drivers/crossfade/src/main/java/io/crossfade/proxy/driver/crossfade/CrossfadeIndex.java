package io.crossfade.proxy.driver.crossfade;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ParamSupport;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.DescribeCollectionRequest;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.SetAttributeRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A collection of another Crossfade. What it says of itself is one immutable snapshot, replaced when the index is opened
 * again. It is asked anew as soon as another process answers there, whose configuration may be another one.
 */
final class CrossfadeIndex implements VectorIndex {
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);

    private final IndexDefinition definition;
    private final CrossfadeIndexSettings config;
    private final Lines lines;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable Opened opened;

    CrossfadeIndex(IndexDefinition definition, CrossfadeIndexSettings config, Lines lines) {
        this.definition = definition;
        this.config = config;
        this.lines = lines;
    }

    private record Opened(RemoteCollection remote, Capabilities capabilities) {}

    @Override
    public Capabilities capabilities() {
        Opened there = opened;
        return there == null ? Capabilities.notKnown(config.unknownSettle()) : there.capabilities();
    }

    @Override
    public CompletableFuture<Void> open() {
        return open(lines.first());
    }

    private CompletableFuture<Void> open(Lines.Line line) {
        return RemoteCall.send(
                        line.reads(),
                        VectorServiceGrpc.getDescribeCollectionMethod(),
                        description(),
                        deadline(OPEN_TIMEOUT))
                .<Void>thenApply(there -> {
                    RemoteCollection remote = RemoteCollection.check(definition, there);
                    opened = new Opened(
                            remote,
                            new Capabilities(
                                    remote.filterOperators(),
                                    ParamSupport.UNKNOWN,
                                    remote.batch(),
                                    config.unknownSettle(),
                                    false));
                    line.isDescribed();
                    return null;
                })
                .handle(CrossfadeIndex::orFail);
    }

    /**
     * The line of this thread, or the first while nothing was answered on that. Another process is asked anew what the collection
     * is; what was known stands meanwhile.
     */
    private Lines.Line line() {
        Lines.Line own = lines.own();
        if (opened != null && own.isNews() && asking.compareAndSet(false, true)) {
            Branches.take(open(own), (asked, failed) -> {
                if (failed != null && isMismatch(failed)) {
                    // Asking again would not help: calls that no longer fit say so one by one.
                    own.isDescribed();
                }
                asking.set(false);
            });
        }
        return own.isKnown() ? own : lines.first();
    }

    private static boolean isMismatch(Throwable failed) {
        return Cause.of(failed) instanceof IndexException index && index.kind() == IndexException.Kind.MISMATCH;
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        Opened there = opened;
        if (there == null) {
            return CompletableFuture.completedFuture(
                    Collections.nCopies(writes.size(), new Outcome.Failed("index: not open")));
        }
        WriteRequests requests =
                new WriteRequests(config.collection(), there.remote().spaces());
        return new RemoteWriter(line().writes(), requests, definition.vectors(), deadline(timeout), writes).write();
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> keys, Projection wanted, Duration timeout) {
        return fetch(List.copyOf(new LinkedHashSet<>(keys)), wanted, deadline(timeout))
                .handle(CrossfadeIndex::orFail);
    }

    /** Fetches, in halves one after the other if the reply would be too large. */
    private CompletableFuture<Map<Key, StoredDocument>> fetch(List<Key> keys, Projection wanted, Deadline deadline) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        return send(
                        VectorServiceGrpc.getFetchMethod(),
                        ReadRequests.fetch(config.collection(), keys, wanted),
                        deadline,
                        response -> remote().read(response.getDocumentsList()))
                .thenApply(CrossfadeIndex::byKey)
                .exceptionallyCompose(failure -> {
                    boolean exhausted = Cause.of(failure) instanceof RemoteFailure remote && remote.isExhaustion();
                    return exhausted && keys.size() > 1
                            ? fetchInHalves(keys, wanted, deadline)
                            : CompletableFuture.failedFuture(failure);
                });
    }

    private CompletableFuture<Map<Key, StoredDocument>> fetchInHalves(
            List<Key> keys, Projection wanted, Deadline deadline) {
        int middle = keys.size() / 2;
        return fetch(keys.subList(0, middle), wanted, deadline)
                .thenCompose(first -> fetch(keys.subList(middle, keys.size()), wanted, deadline)
                        .thenApply(second -> {
                            Map<Key, StoredDocument> both = new HashMap<>(first);
                            both.putAll(second);
                            return both;
                        }));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        String problem = VectorCheck.problem(definition.vectors(), query.field(), query.vector());
        if (problem != null) {
            return CompletableFuture.failedFuture(new IndexException(IndexException.Kind.INVALID, problem));
        }
        return call(
                VectorServiceGrpc.getQueryMethod(),
                ReadRequests.query(config.collection(), query, remote().space(query.field())),
                timeout,
                response -> remote().readHits(query.field(), response));
    }

    /** Scans. The other side has no scan of one namespace: what is of another is left out here. */
    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return call(
                VectorServiceGrpc.getScanMethod(),
                ReadRequests.scan(config.collection(), query),
                timeout,
                page -> new ScanPage(
                        remote().read(page.getDocumentsList()).stream()
                                .filter(document -> query.namespace() == null
                                        || query.namespace()
                                                .equals(document.key().namespace()))
                                .toList(),
                        page.getCursor()));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return call(
                VectorServiceGrpc.getCountMethod(),
                ReadRequests.count(config.collection(), filter),
                timeout,
                CountResponse::getCount);
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return call(
                VectorServiceGrpc.getDescribeCollectionMethod(),
                description(),
                timeout,
                DescribeCollectionResponse::getAttributesMap);
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        SetAttributeRequest request = SetAttributeRequest.newBuilder()
                .setCollection(config.collection())
                .setName(name)
                .setValue(value)
                .build();
        return RemoteCall.send(line().writes(), VectorServiceGrpc.getSetAttributeMethod(), request, deadline(timeout))
                .<Void>thenApply(done -> null)
                .handle(CrossfadeIndex::orFail);
    }

    @Override
    public void close() {
        lines.close();
    }

    private RemoteCollection remote() {
        Opened there = opened;
        if (there == null) {
            throw new IndexException(IndexException.Kind.UNAVAILABLE, "index: not open");
        }
        return there.remote();
    }

    private DescribeCollectionRequest description() {
        return DescribeCollectionRequest.newBuilder()
                .setCollection(config.collection())
                .build();
    }

    private <Q, R, T extends @Nullable Object> CompletableFuture<T> call(
            MethodDescriptor<Q, R> method, Q request, Duration timeout, Function<R, T> reading) {
        return send(method, request, deadline(timeout), reading).handle(CrossfadeIndex::orFail);
    }

    private <Q, R, T extends @Nullable Object> CompletableFuture<T> send(
            MethodDescriptor<Q, R> method, Q request, Deadline deadline, Function<R, T> reading) {
        return RemoteCall.send(line().reads(), method, request, deadline).thenApply(reading);
    }

    /** The value, or the failure in the words of an index. */
    private static <T extends @Nullable Object> T orFail(T value, @Nullable Throwable failure) {
        if (failure == null) {
            return value;
        }
        Throwable cause = Cause.of(failure);
        if (cause instanceof RemoteFailure remote) {
            throw remote.exception();
        } else if (cause instanceof IndexException exception) {
            throw exception;
        }
        throw new IndexException(IndexException.Kind.INTERNAL, "reply: " + cause, cause);
    }

    private static Map<Key, StoredDocument> byKey(List<StoredDocument> documents) {
        Map<Key, StoredDocument> byKey = new HashMap<>();
        documents.forEach(document -> byKey.put(document.key(), document));
        return byKey;
    }

    private static Deadline deadline(Duration timeout) {
        return Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
