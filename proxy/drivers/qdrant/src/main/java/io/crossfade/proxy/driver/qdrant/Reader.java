package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.ParamSupport;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.time.Cause;
import io.grpc.Deadline;
import io.qdrant.client.grpc.Common;
import io.qdrant.client.grpc.Common.Condition;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.Points.CountPoints;
import io.qdrant.client.grpc.Points.GetPoints;
import io.qdrant.client.grpc.Points.Query;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScoredPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import io.qdrant.client.grpc.Points.ScrollResponse;
import io.qdrant.client.grpc.Points.SearchParams;
import io.qdrant.client.grpc.Points.VectorInput;
import io.qdrant.client.grpc.PointsGrpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads of one collection. An answer that is larger than a message may be is asked for in parts. */
final class Reader {
    private static final int PAGE_BYTES = 1 << 20;
    private static final int MOST_POINTS = 1000;
    /** Of a document that nothing is known of yet. */
    private static final int USUAL_BYTES = 32 << 10;

    private static final String EF = "hnsw_ef";
    private static final String EXACT = "exact";

    static final ParamSupport PARAMS =
            ParamSupport.of(Map.of(EF, new ParamSupport.WholeNumber(1, 1_000_000), EXACT, new ParamSupport.Flag()));

    private static final Projection KEYS = Projection.STAMP;

    private final Server server;
    private final Scheme scheme;
    private final Points points;
    private final FilterWriter filters;
    /** Of the last page's documents, on average; a guess at how many fill the next. */
    private volatile int usualBytes = USUAL_BYTES;

    Reader(Server server, Scheme scheme, Points points, FilterWriter filters) {
        this.server = server;
        this.scheme = scheme;
        this.points = points;
        this.filters = filters;
    }

    /** Seconds that are left, for the server, which takes whole ones. */
    static long seconds(Deadline deadline) {
        return Math.max(1, deadline.timeRemaining(TimeUnit.MILLISECONDS) / 1000 + 1);
    }

    CompletableFuture<Map<Key, StoredDocument>> fetch(List<Key> keys, Projection wanted, Deadline deadline) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        return get(keys.stream().map(PointIds::of).toList(), wanted, deadline).thenApply(found -> {
            Map<Key, StoredDocument> byKey = new HashMap<>();
            found.forEach(each -> {
                StoredDocument document = read(each, wanted);
                byKey.put(document.key(), document);
            });
            byKey.keySet().retainAll(keys);
            return byKey;
        });
    }

    private StoredDocument read(RetrievedPoint point, Projection wanted) {
        return points.read(point.getId(), point.getPayloadMap(), point.getVectors(), wanted);
    }

    /** The points that there are, in halves one after the other if the answer would be too large. */
    private CompletableFuture<List<RetrievedPoint>> get(List<PointId> ids, Projection wanted, Deadline deadline) {
        GetPoints request = GetPoints.newBuilder()
                .setCollectionName(scheme.collection())
                .addAllIds(ids)
                .setWithPayload(points.payloadOf(wanted))
                .setWithVectors(points.vectorsOf(wanted))
                .setTimeout(seconds(deadline))
                .build();
        return server.call(PointsGrpc.getGetMethod(), request, deadline)
                .thenApply(response -> response.getResultList())
                .exceptionallyCompose(failed -> isTooLarge(failed) && ids.size() > 1
                        ? getInHalves(ids, wanted, deadline)
                        : CompletableFuture.failedFuture(failed));
    }

    private CompletableFuture<List<RetrievedPoint>> getInHalves(
            List<PointId> ids, Projection wanted, Deadline deadline) {
        int middle = ids.size() / 2;
        return get(ids.subList(0, middle), wanted, deadline)
                .thenCompose(first -> get(ids.subList(middle, ids.size()), wanted, deadline)
                        .thenApply(second -> {
                            List<RetrievedPoint> both = new ArrayList<>(first);
                            both.addAll(second);
                            return both;
                        }));
    }

    private static boolean isTooLarge(Throwable failed) {
        return Cause.of(failed) instanceof RpcFailure failure && failure.isExhaustion();
    }

    private Common.Filter filter(@Nullable String namespace, @Nullable Filter filter) {
        List<Condition> must = new ArrayList<>();
        if (namespace != null) {
            must.add(FilterWriter.ofNamespace(namespace));
        }
        if (filter != null) {
            must.add(filters.write(filter));
        }
        return Common.Filter.newBuilder().addAllMust(must).build();
    }

    CompletableFuture<Long> count(@Nullable Filter filter, Deadline deadline) {
        CountPoints request = CountPoints.newBuilder()
                .setCollectionName(scheme.collection())
                .setFilter(filter(null, filter))
                .setExact(true)
                .setTimeout(seconds(deadline))
                .build();
        return server.call(PointsGrpc.getCountMethod(), request, deadline)
                .thenApply(response -> response.getResult().getCount());
    }

    CompletableFuture<List<Hit>> query(VectorQuery query, Space space, Deadline deadline) {
        if (query.topK() < 1) {
            return CompletableFuture.completedFuture(List.of());
        }
        QueryPoints request = QueryPoints.newBuilder()
                .setCollectionName(scheme.collection())
                .setQuery(Query.newBuilder()
                        .setNearest(VectorInput.newBuilder()
                                .setDense(Points.denseVector(points.stored(query.field(), query.vector())))))
                .setUsing(scheme.vectorNames().getOrDefault(query.field(), query.field()))
                .setFilter(filter(query.namespace(), query.filter()))
                .setParams(params(query.params()))
                .setLimit(query.topK())
                .setOffset(query.offset())
                .setWithPayload(points.payloadOf(query.wanted()))
                .setWithVectors(points.vectorsOf(query.wanted()))
                .setTimeout(seconds(deadline))
                .build();
        return server.call(PointsGrpc.getQueryMethod(), request, deadline)
                .thenApply(response -> response.getResultList().stream()
                        .map(point -> hit(point, space, query.wanted()))
                        .filter(hit -> hit.score() >= query.minScore())
                        .toList());
    }

    /** The engine's distance is the farther the higher. */
    private Hit hit(ScoredPoint point, Space space, Projection wanted) {
        double score = space.metric() == Space.Metric.L2 ? 0.0 - point.getScore() : point.getScore();
        return new Hit(points.read(point.getId(), point.getPayloadMap(), point.getVectors(), wanted), score);
    }

    private static SearchParams params(Map<String, Value> params) {
        PARAMS.require(params);
        SearchParams.Builder search = SearchParams.newBuilder();
        if (params.get(EF) instanceof Value.Int64 ef) {
            search.setHnswEf(ef.value());
        }
        if (params.get(EXACT) instanceof Value.Bool exact) {
            search.setExact(exact.value());
        }
        return search.build();
    }

    /** One page, in the order of the points' ids; it goes on as long as less than a page's worth was read. */
    CompletableFuture<ScanPage> scan(ScanQuery query, Deadline deadline) {
        return new Page(query, filter(query.namespace(), query.filter()), deadline).fill(Cursor.parse(query.cursor()));
    }

    /** A page that is being read. Its parts come one after the other, so it needs no lock. */
    private final class Page {
        private final ScanQuery query;
        private final Common.Filter filter;
        private final Deadline deadline;
        private final List<StoredDocument> documents = new ArrayList<>();
        private long bytes;

        Page(ScanQuery query, Common.Filter filter, Deadline deadline) {
            this.query = query;
            this.filter = filter;
            this.deadline = deadline;
        }

        CompletableFuture<ScanPage> fill(Cursor from) {
            long fit = query.wanted().equals(KEYS) ? MOST_POINTS : (PAGE_BYTES - bytes) / usualBytes;
            int limit = (int) Math.max(1, Math.min(Math.min(MOST_POINTS, fit), query.limit() - documents.size()));
            return scroll(from, limit).thenCompose(response -> take(response));
        }

        private CompletableFuture<ScrollResponse> scroll(Cursor from, int limit) {
            ScrollPoints.Builder request = ScrollPoints.newBuilder()
                    .setCollectionName(scheme.collection())
                    .setFilter(filter)
                    .setLimit(limit)
                    .setWithPayload(points.payloadOf(query.wanted()))
                    .setWithVectors(points.vectorsOf(query.wanted()))
                    .setTimeout(seconds(deadline));
            from.start().ifPresent(request::setOffset);
            return server.call(PointsGrpc.getScrollMethod(), request.build(), deadline)
                    .exceptionallyCompose(failed -> isTooLarge(failed) && limit > 1
                            ? scroll(from, limit / 2)
                            : CompletableFuture.failedFuture(failed));
        }

        private CompletableFuture<ScanPage> take(ScrollResponse response) {
            for (RetrievedPoint point : response.getResultList()) {
                if (bytes >= PAGE_BYTES) {
                    return done(Cursor.at(point.getId()));
                }
                bytes += point.getSerializedSize();
                documents.add(read(point, query.wanted()));
            }
            if (!response.hasNextPageOffset()) {
                return done(Cursor.END);
            }
            Cursor next = Cursor.at(response.getNextPageOffset());
            return documents.size() >= query.limit() || bytes >= PAGE_BYTES ? done(next) : fill(next);
        }

        private CompletableFuture<ScanPage> done(Cursor next) {
            if (!query.wanted().equals(KEYS) && !documents.isEmpty()) {
                usualBytes = (int) Math.max(1, bytes / documents.size());
            }
            return CompletableFuture.completedFuture(new ScanPage(documents, next.text()));
        }
    }
}
