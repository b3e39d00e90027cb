package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.FilterKey;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.Stored;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.grpc.Deadline;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Points.WriteOrdering;
import io.qdrant.client.grpc.Points.WriteOrderingType;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A collection of a Qdrant server. What was found of it is one immutable snapshot, replaced whenever its settings are read
 * again: payload indexes come and go, and change what filters mean.
 */
final class QdrantIndex implements VectorIndex {
    private static final int MAX_BATCH = 256;
    /** Of a message, for what is in it beside documents. */
    private static final int ENVELOPE_BYTES = 64 << 10;

    private final IndexDefinition definition;
    private final QdrantIndexSettings settings;
    private final Server server;
    private final Scheme scheme;
    private final PayloadKeys keys;
    private final CollectionSettings collection;
    private volatile @Nullable Opened opened;

    QdrantIndex(IndexDefinition definition, QdrantIndexSettings settings, Server server) {
        this.definition = definition;
        this.settings = settings;
        this.server = server;
        this.scheme = new Scheme(definition, settings.collection(), settings.vectorNames(definition));
        this.keys = new PayloadKeys(definition.text().isOwn() ? settings.textKey() : null);
        this.collection = new CollectionSettings(server, scheme, settings.indexTypes());
    }

    private record Opened(Capabilities capabilities, Reader reader, Writer.How how) {}

    @Override
    public Capabilities capabilities() {
        Opened there = opened;
        return there == null ? Capabilities.notKnown(settings.unknownSettle()) : there.capabilities();
    }

    @Override
    public CompletableFuture<Void> open() {
        Deadline deadline = deadline(settings.openTimeout());
        return collection
                .checkServer(deadline)
                .thenCompose(checked -> collection.read(deadline))
                .thenCompose(info -> collection.checkName(deadline).thenAccept(checked -> take(info)))
                .handle(QdrantIndex::orFail);
    }

    private void take(CollectionInfo info) {
        scheme.check(info);
        opened = opened(info);
    }

    /** Makes the collection, and in it or in one that is there the payload indexes that are missing. */
    @Override
    public CompletableFuture<Void> create(List<FilterKey> keys) {
        Deadline deadline = deadline(settings.openTimeout());
        return collection
                .checkServer(deadline)
                .thenCompose(checked -> collection.create(keys, deadline))
                .handle(QdrantIndex::<Void>orFail)
                .thenCompose(created -> open());
    }

    @Override
    public CompletableFuture<List<FilterKey>> filterKeys(Duration timeout) {
        return collection.read(deadline(timeout)).thenApply(CollectionSettings::filterKeys);
    }

    private Opened opened(CollectionInfo info) {
        FilterWriter filters = new FilterWriter(keys, Scheme.indexes(info), Scheme.isOnlyIndexed(info));
        Payloads payloads = new Payloads(keys);
        Points points = new Points(scheme, payloads);
        long batch = info.getConfig().getStrictModeConfig().getEnabled()
                        && info.getConfig().getStrictModeConfig().hasUpsertMaxBatchsize()
                ? info.getConfig().getStrictModeConfig().getUpsertMaxBatchsize()
                : MAX_BATCH;
        Capabilities able = new Capabilities(
                true,
                FilterWriter.OPERATORS,
                filters,
                Reader.PARAMS,
                (int) Math.max(1, Math.min(MAX_BATCH, batch)),
                hasCosine() ? Stored.NORMALISED : Stored.EXACT,
                settings.unknownSettle(),
                false);
        // Among replicas, writes of one key have an order only if one of them sees to it.
        WriteOrderingType ordering = info.getConfig().getParams().getReplicationFactor() > 1
                ? WriteOrderingType.Medium
                : WriteOrderingType.Weak;
        return new Opened(
                able,
                new Reader(server, scheme, points, filters),
                new Writer.How(
                        server,
                        scheme,
                        points,
                        payloads,
                        WriteOrdering.newBuilder().setType(ordering).build(),
                        Math.max(1, info.getConfig().getParams().getShardNumber()),
                        settings.messageBytes() - ENVELOPE_BYTES));
    }

    private boolean hasCosine() {
        return definition.vectors().values().stream().anyMatch(space -> space.metric() == Space.Metric.COSINE);
    }

    @Override
    public CompletableFuture<List<Outcome>> write(List<IndexWrite> writes, Duration timeout) {
        Opened there = opened;
        return there == null
                ? CompletableFuture.completedFuture(
                        Collections.nCopies(writes.size(), new Outcome.Failed("index: not open")))
                : new Writer(there.how(), deadline(timeout), writes).write();
    }

    @Override
    public CompletableFuture<Map<Key, StoredDocument>> fetch(
            Collection<Key> wantedKeys, Projection wanted, Duration timeout) {
        return read(reader -> reader.fetch(List.copyOf(new LinkedHashSet<>(wantedKeys)), wanted, deadline(timeout)));
    }

    @Override
    public CompletableFuture<List<Hit>> query(VectorQuery query, Duration timeout) {
        String problem = VectorCheck.problem(definition.vectors(), query.field(), query.vector());
        Space space = definition.vectors().get(query.field());
        if (problem != null || space == null) {
            return CompletableFuture.failedFuture(
                    new IndexException(IndexException.Kind.INVALID, String.valueOf(problem)));
        }
        return read(reader -> reader.query(query, space, deadline(timeout)));
    }

    @Override
    public CompletableFuture<ScanPage> scan(ScanQuery query, Duration timeout) {
        return read(reader -> reader.scan(query, deadline(timeout)));
    }

    @Override
    public CompletableFuture<Long> count(@Nullable Filter filter, Duration timeout) {
        return read(reader -> reader.count(filter, deadline(timeout)));
    }

    /** Reads them from the collection's settings, and takes note of those at the same time. */
    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return asked(() -> collection.read(deadline(timeout)).thenApply(info -> {
            take(info);
            return CollectionSettings.attributes(info);
        }));
    }

    @Override
    public CompletableFuture<Void> setAttribute(String name, String value, Duration timeout) {
        return asked(() -> collection.setAttribute(name, value, deadline(timeout)));
    }

    @Override
    public void close() {
        server.close();
    }

    private <T> CompletableFuture<T> read(Function<Reader, CompletableFuture<T>> call) {
        Opened there = opened;
        return there == null
                ? CompletableFuture.failedFuture(new IndexException(IndexException.Kind.UNAVAILABLE, "index: not open"))
                : asked(() -> call.apply(there.reader()));
    }

    /** What a call throws fails it, like what it is answered. */
    private static <T> CompletableFuture<T> asked(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get().handle(QdrantIndex::orFail);
        } catch (IndexException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static <T extends @Nullable Object> T orFail(T value, @Nullable Throwable failed) {
        if (failed != null) {
            throw RpcFailure.exception(failed);
        }
        return value;
    }

    private static Deadline deadline(Duration timeout) {
        return Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
