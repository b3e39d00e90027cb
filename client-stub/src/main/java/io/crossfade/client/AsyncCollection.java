package io.crossfade.client;

import static java.util.stream.Collectors.toMap;

import com.google.protobuf.MessageLite;
import io.crossfade.v1.CountRequest;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.DeleteRequest;
import io.crossfade.v1.DescribeCollectionRequest;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.FilteredDelete;
import io.crossfade.v1.FilteredPatch;
import io.crossfade.v1.KeyedPatch;
import io.crossfade.v1.KeyedPatches;
import io.crossfade.v1.KeyedVectors;
import io.crossfade.v1.Keys;
import io.crossfade.v1.QueryBatchRequest;
import io.crossfade.v1.UpdateMetadataRequest;
import io.crossfade.v1.UpdateVectorsRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.WriteResponse;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One collection, without waiting. A future fails with a {@link CrossfadeException}; cancelling it cancels the call. It
 * completes on a gRPC thread. Arguments are checked by the server, which lists everything that is wrong.
 */
public final class AsyncCollection {
    private final Connection connection;
    private final String name;
    private final Timeouts timeouts;

    AsyncCollection(Connection connection, String name, Timeouts timeouts) {
        this.connection = connection;
        this.name = name;
        this.timeouts = timeouts;
    }

    /** The same collection; each call may take this long, all its attempts together. */
    public AsyncCollection withTimeout(Duration timeout) {
        return new AsyncCollection(connection, name, new Timeouts(timeout, timeout));
    }

    /** What the collection wants and can do right now. */
    public CompletableFuture<DescribeCollectionResponse> describe() {
        return read(
                VectorServiceGrpc.getDescribeCollectionMethod(),
                DescribeCollectionRequest.newBuilder().setCollection(name).build(),
                response -> response);
    }

    public CompletableFuture<WriteResults> upsert(Doc... documents) {
        return upsert(Arrays.asList(documents));
    }

    /** Writes whole documents: one that exists is replaced, metadata included. */
    public CompletableFuture<WriteResults> upsert(Collection<Doc> documents) {
        return write(
                VectorServiceGrpc.getUpsertMethod(),
                UpsertRequest.newBuilder()
                        .setCollection(name)
                        .addAllDocuments(documents.stream().map(Doc::toProto).toList())
                        .setWriteId(newWriteId())
                        .build());
    }

    public CompletableFuture<WriteResults> updateMetadata(String id, Patch patch) {
        return updateMetadata(Map.of(Key.of(id), patch));
    }

    /** Changes metadata of existing documents; the results come in the map's order. */
    public CompletableFuture<WriteResults> updateMetadata(Map<Key, Patch> patches) {
        KeyedPatches.Builder keyed = KeyedPatches.newBuilder();
        patches.forEach((key, patch) ->
                keyed.addPatches(KeyedPatch.newBuilder().setKey(key.toProto()).setPatch(patch.toProto())));
        return updateMetadata(UpdateMetadataRequest.newBuilder().setKeyed(keyed));
    }

    /** Changes metadata of all documents that match, up to the server's {@code limits.max_matched}. */
    public CompletableFuture<WriteResults> updateMetadata(String namespace, Filter filter, Patch patch) {
        return updateMetadata(UpdateMetadataRequest.newBuilder()
                .setFiltered(FilteredPatch.newBuilder()
                        .setNamespace(namespace)
                        .setFilter(filter.toProto())
                        .setPatch(patch.toProto())));
    }

    /**
     * Changes metadata of all documents that match, however many.
     *
     * @param expectedCount must equal the number that match
     */
    public CompletableFuture<WriteResults> updateMetadata(
            String namespace, Filter filter, Patch patch, long expectedCount) {
        return updateMetadata(UpdateMetadataRequest.newBuilder()
                .setFiltered(FilteredPatch.newBuilder()
                        .setNamespace(namespace)
                        .setFilter(filter.toProto())
                        .setPatch(patch.toProto())
                        .setExpectedCount(expectedCount)));
    }

    private CompletableFuture<WriteResults> updateMetadata(UpdateMetadataRequest.Builder request) {
        return write(
                VectorServiceGrpc.getUpdateMetadataMethod(),
                request.setCollection(name).setWriteId(newWriteId()).build());
    }

    public CompletableFuture<WriteResults> updateVectors(String id, Vector... vectors) {
        return updateVectors(Map.of(Key.of(id), List.of(vectors)));
    }

    /** Replaces vectors of existing documents and leaves the rest; the results come in the map's order. */
    public CompletableFuture<WriteResults> updateVectors(Map<Key, List<Vector>> vectors) {
        UpdateVectorsRequest.Builder request =
                UpdateVectorsRequest.newBuilder().setCollection(name).setWriteId(newWriteId());
        vectors.forEach((key, each) -> request.addUpdates(KeyedVectors.newBuilder()
                .setKey(key.toProto())
                .addAllVectors(each.stream().map(Vector::toProto).toList())));
        return write(VectorServiceGrpc.getUpdateVectorsMethod(), request.build());
    }

    public CompletableFuture<WriteResults> delete(String... ids) {
        return delete(Arrays.stream(ids).map(Key::of).toList());
    }

    public CompletableFuture<WriteResults> delete(Collection<Key> keys) {
        return delete(DeleteRequest.newBuilder().setKeyed(protoKeys(keys)));
    }

    /** Removes all documents that match, up to the server's {@code limits.max_matched}. */
    public CompletableFuture<WriteResults> delete(String namespace, Filter filter) {
        return delete(DeleteRequest.newBuilder()
                .setFiltered(FilteredDelete.newBuilder().setNamespace(namespace).setFilter(filter.toProto())));
    }

    /**
     * Removes all documents that match, however many.
     *
     * @param expectedCount must equal the number that match
     */
    public CompletableFuture<WriteResults> delete(String namespace, Filter filter, long expectedCount) {
        return delete(DeleteRequest.newBuilder()
                .setFiltered(FilteredDelete.newBuilder()
                        .setNamespace(namespace)
                        .setFilter(filter.toProto())
                        .setExpectedCount(expectedCount)));
    }

    private CompletableFuture<WriteResults> delete(DeleteRequest.Builder request) {
        return write(
                VectorServiceGrpc.getDeleteMethod(),
                request.setCollection(name).setWriteId(newWriteId()).build());
    }

    /** The documents that exist, by key. */
    public CompletableFuture<Map<Key, Doc>> fetch(Collection<Key> keys, Part... parts) {
        return read(
                VectorServiceGrpc.getFetchMethod(),
                FetchRequest.newBuilder()
                        .setCollection(name)
                        .addAllKeys(protoKeys(keys).getKeysList())
                        .setInclude(Part.include(parts))
                        .build(),
                response -> response.getDocumentsList().stream().map(Doc::of).collect(toMap(Doc::key, doc -> doc)));
    }

    public CompletableFuture<QueryResult> query(Search search) {
        return read(VectorServiceGrpc.getQueryMethod(), search.toProto(name), QueryResult::of);
    }

    /** Several queries in one call, answered in order. */
    public CompletableFuture<List<QueryResult>> query(List<Search> searches) {
        QueryBatchRequest request = QueryBatchRequest.newBuilder()
                .addAllQueries(
                        searches.stream().map(search -> search.toProto(name)).toList())
                .build();
        return read(
                VectorServiceGrpc.getQueryBatchMethod(),
                request,
                response -> response.getResponsesList().stream()
                        .map(QueryResult::of)
                        .toList());
    }

    /** How many documents there are. */
    public CompletableFuture<Long> count() {
        return count(CountRequest.newBuilder());
    }

    /** How many documents match. */
    public CompletableFuture<Long> count(Filter filter) {
        return count(CountRequest.newBuilder().setFilter(filter.toProto()));
    }

    private CompletableFuture<Long> count(CountRequest.Builder request) {
        return read(
                VectorServiceGrpc.getCountMethod(), request.setCollection(name).build(), CountResponse::getCount);
    }

    /** For the blocking flavour: a scan is an iterator. */
    DocumentScan scan(Scan scan) {
        return new DocumentScan(connection, scan.toProto(name), timeouts.read());
    }

    private <Q extends MessageLite, R, T> CompletableFuture<T> read(
            MethodDescriptor<Q, R> method, Q request, Function<R, T> result) {
        return UnaryCall.start(connection, method, request, timeouts.read(), result);
    }

    private <Q extends MessageLite> CompletableFuture<WriteResults> write(
            MethodDescriptor<Q, WriteResponse> method, Q request) {
        return UnaryCall.start(connection, method, request, timeouts.write(), WriteResults::of);
    }

    private static Keys protoKeys(Collection<Key> keys) {
        return Keys.newBuilder()
                .addAllKeys(keys.stream().map(Key::toProto).toList())
                .build();
    }

    private static String newWriteId() {
        return UUID.randomUUID().toString();
    }
}
