package io.crossfade.proxy.driver.crossfade;

import io.crossfade.client.Connection;
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
import io.crossfade.proxy.time.Time;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.DescribeCollectionRequest;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.SetAttributeRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.grpc.Channel;
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
    private final Connection connection;
    private final Channel reads;
    private final Channel writes;
    private final RemoteClock clock;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable Opened opened;

    CrossfadeIndex(IndexDefinition definition, CrossfadeIndexSettings config, Connection connection, Time time) {
        this.definition = definition;
        this.config = config;
        this.connection = connection;
        this.clock = new RemoteClock(time);
        this.reads = clock.whenever(connection.channel());
        this.writes = clock.within(connection.channel(), config.unknownSettle());
    }

    /**
     * @param process that said so; "" if it did not say which it is
     */
    private record Opened(RemoteCollection remote, Capabilities capabilities, String process) {}

    @Override
    public Capabilities capabilities() {
        Opened there = opened;
        return there == null ? Capabilities.notKnown(config.unknownSettle()) : there.capabilities();
    }

    @Override
    public CompletableFuture<Void> open() {
        return describe(OPEN_TIMEOUT, there -> {
            RemoteCollection remote = RemoteCollection.check(definition, there);
            opened = new Opened(
                    remote,
                    new Capabilities(
                            remote.filterOperators(),
                            ParamSupport.UNKNOWN,
                            remote.batch(),
                            config.unknownSettle(),
                            false),
                    clock.process());
            return null;
        });
    }

    /** What is known of the collection there; another process is asked anew, and what was known stands meanwhile. */
    private @Nullable RemoteCollection known() {
        Opened known = opened;
        if (known == null) {
            return null;
        }
        String process = clock.process();
        if (!known.process().equals(process) && asking.compareAndSet(false, true)) {
            Branches.take(open(), (asked, failed) -> {
                if (failed != null && isMismatch(failed)) {
                    // Asking again would not help: calls that no longer fit say so one by one.
                    opened = new Opened(known.remote(), known.capabilities(), process);
                }
                asking.set(false);
            });
        }
        return known.remote();
    }

    private static boolean isMismatch(Throwable failed) {
        return Cause.of(failed) instanceof IndexException index && index.kind() == IndexException.Kind.MISMATCH;
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        RemoteCollection remote = known();
        if (remote == null) {
            return CompletableFuture.completedFuture(
                    Collections.nCopies(writes.size(), new Outcome.Failed("index: not open")));
        }
        WriteRequests requests = new WriteRequests(config.collection(), remote.spaces());
        return new RemoteWriter(this.writes, requests, definition.vectors(), deadline(timeout), writes).write();
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
        return describe(timeout, DescribeCollectionResponse::getAttributesMap);
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        SetAttributeRequest request = SetAttributeRequest.newBuilder()
                .setCollection(config.collection())
                .setName(name)
                .setValue(value)
                .build();
        return RemoteCall.send(writes, VectorServiceGrpc.getSetAttributeMethod(), request, deadline(timeout))
                .<Void>thenApply(done -> null)
                .handle(CrossfadeIndex::orFail);
    }

    @Override
    public void close() {
        connection.close();
    }

    private RemoteCollection remote() {
        RemoteCollection remote = known();
        if (remote == null) {
            throw new IndexException(IndexException.Kind.UNAVAILABLE, "index: not open");
        }
        return remote;
    }

    private <T extends @Nullable Object> CompletableFuture<T> describe(
            Duration timeout, Function<DescribeCollectionResponse, T> reading) {
        DescribeCollectionRequest request = DescribeCollectionRequest.newBuilder()
                .setCollection(config.collection())
                .build();
        return call(VectorServiceGrpc.getDescribeCollectionMethod(), request, timeout, reading);
    }

    private <Q, R, T extends @Nullable Object> CompletableFuture<T> call(
            MethodDescriptor<Q, R> method, Q request, Duration timeout, Function<R, T> reading) {
        return send(method, request, deadline(timeout), reading).handle(CrossfadeIndex::orFail);
    }

    private <Q, R, T extends @Nullable Object> CompletableFuture<T> send(
            MethodDescriptor<Q, R> method, Q request, Deadline deadline, Function<R, T> reading) {
        return RemoteCall.send(reads, method, request, deadline).thenApply(reading);
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
