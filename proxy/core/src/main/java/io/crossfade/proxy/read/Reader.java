package io.crossfade.proxy.read;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.FetchReply;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.QueryReply;
import io.crossfade.proxy.collection.Slice;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.ScanPage;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers reads from the index that serves them, which is the leader. The route is read once, at the call's start. */
public final class Reader {
    private final CurrentRoute current;
    private final Feeding feeding;
    private final Time time;
    private final Listener listener;

    /**
     * @param listener told of each answered query
     */
    public Reader(CurrentRoute current, Feeding feeding, Time time, Listener listener) {
        this.feeding = feeding;
        this.current = current;
        this.time = time;
        this.listener = listener;
    }

    /** Hears what was asked and answered, on the thread that completes the call. */
    @FunctionalInterface
    public interface Listener {
        void answered(Route route, QueryCall query, List<Hit> hits, long nanos);
    }

    private <T> CompletableFuture<T> read(Function<Route, CompletableFuture<T>> call) {
        Route route;
        try {
            route = current.enterRead();
        } catch (CallException e) {
            return CompletableFuture.failedFuture(e);
        }
        try {
            return call.apply(route)
                    .whenComplete((reply, failed) -> route.reads().exit());
        } catch (Throwable e) {
            route.reads().exit();
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Reads documents. If a step was taken meanwhile, they are read once more: what a late answer of the index that served before shows
     * may be a write that is under way to both, and a read that begins after that answer must not miss it. If that fails, the first
     * answer is told: it has all that was acknowledged before the read began.
     */
    public CompletableFuture<FetchReply> fetch(List<Key> keys, Projection wanted, Duration timeout) {
        long began = time.nanos();
        return fetchOnce(keys, wanted, timeout).thenCompose(reply -> {
            Duration left = timeout.minusNanos(time.nanos() - began);
            return reply.epoch() == current.get().epoch() || left.isNegative() || left.isZero()
                    ? CompletableFuture.completedFuture(reply)
                    : fetch(keys, wanted, left).exceptionally(failed -> reply);
        });
    }

    private CompletableFuture<FetchReply> fetchOnce(List<Key> keys, Projection wanted, Duration timeout) {
        return read(route -> {
            ToldSource told = new ToldSource(route.leader().textSource(), wanted);
            return route.leader().index().fetch(keys, told.read(), timeout).thenApply(found -> {
                List<StoredDocument> documents =
                        keys.stream().filter(found::containsKey).map(found::get).toList();
                return new FetchReply(told.tell(documents), spaceNames(route.leader()), route.epoch());
            });
        });
    }

    public CompletableFuture<Collection.CountReply> count(@Nullable Filter filter, Duration timeout) {
        return read(route -> route.leader()
                .index()
                .count(filter, timeout)
                .thenApply(count -> new Collection.CountReply(count, route.epoch())));
    }

    public CompletableFuture<Collection.ScanReply> scan(Collection.ScanCall scan, Duration timeout) {
        return read(route -> {
            Participant leader = route.leader();
            String inner = Cursor.inner(scan.cursor(), route.epoch(), leader.name());
            ToldSource told = new ToldSource(leader.textSource(), scan.wanted());
            ScanQuery query = new ScanQuery(inner, null, scan.filter(), told.read(), scan.limit());
            CompletableFuture<ScanPage> page = scan.missingSpace().isEmpty()
                    ? leader.index().scan(query, timeout)
                    : MissingSpace.scan(route, scan.missingSpace(), query, timeout);
            return page.thenApply(found -> only(scan.slice(), found))
                    .thenApply(told::tell)
                    .thenApply(found -> new Collection.ScanReply(
                            new ScanPage(
                                    found.documents(),
                                    found.isLast()
                                            ? ""
                                            : new Cursor(route.epoch(), leader.name(), found.cursor()).encoded()),
                            spaceNames(leader),
                            route.epoch()));
        });
    }

    /** No index knows which documents are of a slice, so all are read. */
    private static ScanPage only(Slice slice, ScanPage page) {
        return slice.equals(Slice.ALL)
                ? page
                : new ScanPage(
                        page.documents().stream()
                                .filter(document -> slice.contains(document.key()))
                                .toList(),
                        page.cursor());
    }

    private static Map<String, String> spaceNames(Participant participant) {
        return participant.spaces().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, field -> field.getValue().name()));
    }

    public CompletableFuture<QueryReply> query(QueryCall query, Duration timeout) {
        return read(route -> {
            Space space = route.leader().space(query.field());
            feeding.heard(route, query);
            return vector(route.leader(), query, space, Embedder.Use.QUERY, timeout)
                    .thenCompose(vector -> search(route, query, space, vector, timeout));
        });
    }

    private CompletableFuture<QueryReply> search(
            Route route, QueryCall query, Space space, Embedding vector, Duration timeout) {
        long began = time.nanos();
        return route.leader()
                .index()
                .query(toIndex(query, space, vector), timeout)
                .thenApply(hits -> {
                    listener.answered(route, query, hits, time.nanos() - began);
                    return new QueryReply(
                            hits, route.leader().name(), space.name(), spaceNames(route.leader()), route.epoch());
                });
    }

    static VectorQuery toIndex(QueryCall query, Space space, Embedding vector) {
        return new VectorQuery(
                query.namespace(),
                query.field(),
                vector,
                query.topK(),
                query.offset(),
                query.filter(),
                query.minScore().getOrDefault(space.name(), Double.NEGATIVE_INFINITY),
                query.wanted(),
                query.params());
    }

    /** Finds what to search for: a vector of the space, else the text embedded, else the vector of a document. */
    static CompletableFuture<Embedding> vector(
            Participant participant, QueryCall query, Space space, Embedder.Use use, Duration timeout) {
        for (NamedVector vector : query.vectors()) {
            if (vector.space().equals(space.name())) {
                return CompletableFuture.completedFuture(vector.embedding());
            }
        }
        Embedder embedder = participant.embedder(query.field());
        if (!query.text().isEmpty() && embedder != null) {
            return embedder.embed(List.of(query.text()), use).thenApply(vectors -> vectors.get(0));
        }
        if (!query.id().isEmpty()) {
            return ofDocument(participant, query, timeout);
        }
        return CompletableFuture.failedFuture(new CallException(
                CallException.Kind.PRECONDITION,
                "query: no vector of space " + space.name() + " (expected: one"
                        + (embedder == null ? ", the space has no embedder)" : ", or text)")));
    }

    private static CompletableFuture<Embedding> ofDocument(Participant participant, QueryCall query, Duration timeout) {
        Key key = new Key(query.namespace(), query.id());
        return participant
                .index()
                .fetch(List.of(key), new Projection(false, false, true, false), timeout)
                .thenApply(found -> {
                    StoredDocument document = found.get(key);
                    Embedding vector =
                            document == null ? null : document.vectors().get(query.field());
                    if (vector == null) {
                        throw new CallException(
                                CallException.Kind.NOT_FOUND,
                                "id: " + query.id() + " (expected: a document with a vector in field \"" + query.field()
                                        + "\")");
                    }
                    return vector;
                });
    }
}
