package io.crossfade.client;

import io.crossfade.v1.DescribeCollectionResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One collection. Each method waits for the answer; {@link #async} has the same methods without waiting. A method fails
 * with a {@link CrossfadeException}; interrupting the thread cancels the call.
 */
public final class CrossfadeCollection {
    private final AsyncCollection async;

    CrossfadeCollection(AsyncCollection async) {
        this.async = async;
    }

    public AsyncCollection async() {
        return async;
    }

    /** The same collection; each call may take this long, all its attempts together. */
    public CrossfadeCollection withTimeout(Duration timeout) {
        return new CrossfadeCollection(async.withTimeout(timeout));
    }

    /** What the collection wants and can do right now. */
    public DescribeCollectionResponse describe() {
        return await(async.describe());
    }

    public WriteResults upsert(Doc... documents) {
        return await(async.upsert(documents));
    }

    /** Writes whole documents: one that exists is replaced, metadata included. */
    public WriteResults upsert(Collection<Doc> documents) {
        return await(async.upsert(documents));
    }

    public WriteResults updateMetadata(String id, Patch patch) {
        return await(async.updateMetadata(id, patch));
    }

    /** Changes metadata of existing documents; the results come in the map's order. */
    public WriteResults updateMetadata(Map<Key, Patch> patches) {
        return await(async.updateMetadata(patches));
    }

    /** Changes metadata of all documents that match, up to the server's {@code limits.max_matched}. */
    public WriteResults updateMetadata(String namespace, Filter filter, Patch patch) {
        return await(async.updateMetadata(namespace, filter, patch));
    }

    /**
     * Changes metadata of all documents that match, however many.
     *
     * @param expectedCount must equal the number that match
     */
    public WriteResults updateMetadata(String namespace, Filter filter, Patch patch, long expectedCount) {
        return await(async.updateMetadata(namespace, filter, patch, expectedCount));
    }

    public WriteResults updateVectors(String id, Vector... vectors) {
        return await(async.updateVectors(id, vectors));
    }

    /** Replaces vectors of existing documents and leaves the rest; the results come in the map's order. */
    public WriteResults updateVectors(Map<Key, List<Vector>> vectors) {
        return await(async.updateVectors(vectors));
    }

    public WriteResults delete(String... ids) {
        return await(async.delete(ids));
    }

    public WriteResults delete(Collection<Key> keys) {
        return await(async.delete(keys));
    }

    /** Removes all documents that match, up to the server's {@code limits.max_matched}. */
    public WriteResults delete(String namespace, Filter filter) {
        return await(async.delete(namespace, filter));
    }

    /**
     * Removes all documents that match, however many.
     *
     * @param expectedCount must equal the number that match
     */
    public WriteResults delete(String namespace, Filter filter, long expectedCount) {
        return await(async.delete(namespace, filter, expectedCount));
    }

    /** The documents that exist, by key. */
    public Map<Key, Doc> fetch(Collection<Key> keys, Part... parts) {
        return await(async.fetch(keys, parts));
    }

    public QueryResult query(Search search) {
        return await(async.query(search));
    }

    /** Several queries in one call, answered in order. */
    public List<QueryResult> query(List<Search> searches) {
        return await(async.query(searches));
    }

    /** How many documents there are. */
    public long count() {
        return await(async.count());
    }

    /** How many documents match. */
    public long count(Filter filter) {
        return await(async.count(filter));
    }

    /** Goes through documents, in a stable order; close it when done early. */
    public DocumentScan scan(Scan scan) {
        return async.scan(scan);
    }

    private static <T> T await(CompletableFuture<T> call) {
        try {
            return call.get();
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw CrossfadeException.of(
                    Status.CANCELLED.withDescription("interrupted").withCause(e));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (CancellationException e) {
            throw CrossfadeException.of(Status.CANCELLED.withCause(e));
        }
    }
}
