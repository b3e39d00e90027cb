package io.crossfade.proxy.front.crossfade;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Message;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Collections;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.Validation;
import io.crossfade.proxy.collection.Violation;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.front.calls.CallRunner;
import io.crossfade.proxy.front.calls.CallsInFlight;
import io.crossfade.proxy.front.calls.OpenStream;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.v1.CountRequest;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.DeleteRequest;
import io.crossfade.v1.DescribeCollectionRequest;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.FetchResponse;
import io.crossfade.v1.Include;
import io.crossfade.v1.QueryBatchRequest;
import io.crossfade.v1.QueryBatchResponse;
import io.crossfade.v1.QueryRequest;
import io.crossfade.v1.QueryResponse;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.SetAttributeRequest;
import io.crossfade.v1.SetAttributeResponse;
import io.crossfade.v1.UpdateMetadataRequest;
import io.crossfade.v1.UpdateVectorsRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.WriteResponse;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The data API over {@link Collections}. Never blocks: its methods may run on an event loop. */
public final class VectorGrpc extends VectorServiceGrpc.VectorServiceImplBase {
    /** The size, in bytes, up to which a reply is small. So much leaves this process whether it is read or not. */
    private static final int SMALL_REPLY = 32 << 10;

    private final Collections collections;
    private final CallRunner runner;
    private final CallsInFlight calls;
    private final int messageBytes;

    /**
     * @param messageBytes largest reply to a read
     */
    public VectorGrpc(Collections collections, CallRunner runner, CallsInFlight calls, int messageBytes) {
        this.collections = requireNonNull(collections, "collections");
        this.runner = requireNonNull(runner, "runner");
        this.calls = requireNonNull(calls, "calls");
        this.messageBytes = messageBytes;
    }

    @Override
    public void describeCollection(
            DescribeCollectionRequest request, StreamObserver<DescribeCollectionResponse> observer) {
        runner.answer(observer, timeout -> {
            Collection collection = collections.get(request.getCollection());
            return collection
                    .attributes(timeout)
                    .thenApply(attributes -> ReplyWriter.write(collection.describe(), attributes));
        });
    }

    @Override
    public void upsert(UpsertRequest request, StreamObserver<WriteResponse> observer) {
        runner.answer(
                observer,
                timeout -> upsert(collections.get(request.getCollection()), request, timeout)
                        .thenApply(ReplyWriter::write));
    }

    private static CompletableFuture<WriteReply> upsert(
            Collection collection, UpsertRequest request, Duration timeout) {
        List<WriteOp> writes = RequestReader.upserts(request, collection::describe);
        return write(collection, writes, request.getWriteId(), timeout);
    }

    /** Writes; to be called while the call is being handled. */
    private static CompletableFuture<WriteReply> write(
            Collection collection, List<WriteOp> writes, String writeId, Duration timeout) {
        return collection.write(
                new WriteCall(writes, writeId, OpenStream.current().client()), timeout);
    }

    @Override
    public void updateMetadata(UpdateMetadataRequest request, StreamObserver<WriteResponse> observer) {
        runner.answer(
                observer,
                timeout -> updateMetadata(collections.get(request.getCollection()), request, timeout)
                        .thenApply(ReplyWriter::write));
    }

    private static CompletableFuture<WriteReply> updateMetadata(
            Collection collection, UpdateMetadataRequest request, Duration timeout) {
        return switch (request.getTargetCase()) {
            case KEYED ->
                write(
                        collection,
                        RequestReader.patches(request.getKeyed(), request.getWriteId(), collection::describe),
                        request.getWriteId(),
                        timeout);
            case FILTERED -> {
                RequestReader.FilteredUpdate update =
                        RequestReader.filteredUpdate(request.getFiltered(), request.getWriteId(), collection::describe);
                yield collection.updateMatching(update.matching(), update.patch(), request.getWriteId(), timeout);
            }
            case TARGET_NOT_SET -> throw noTarget();
        };
    }

    @Override
    public void updateVectors(UpdateVectorsRequest request, StreamObserver<WriteResponse> observer) {
        runner.answer(
                observer,
                timeout -> updateVectors(collections.get(request.getCollection()), request, timeout)
                        .thenApply(ReplyWriter::write));
    }

    private static CompletableFuture<WriteReply> updateVectors(
            Collection collection, UpdateVectorsRequest request, Duration timeout) {
        List<WriteOp> writes = RequestReader.vectorUpdates(request, collection::describe);
        return write(collection, writes, request.getWriteId(), timeout);
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<WriteResponse> observer) {
        runner.answer(
                observer,
                timeout -> delete(collections.get(request.getCollection()), request, timeout)
                        .thenApply(ReplyWriter::write));
    }

    private static CompletableFuture<WriteReply> delete(
            Collection collection, DeleteRequest request, Duration timeout) {
        return switch (request.getTargetCase()) {
            case KEYED -> write(collection, RequestReader.deletes(request.getKeyed()), request.getWriteId(), timeout);
            case FILTERED ->
                collection.deleteMatching(
                        RequestReader.filteredDelete(request.getFiltered(), request.getWriteId(), collection::describe),
                        request.getWriteId(),
                        timeout);
            case TARGET_NOT_SET -> throw noTarget();
        };
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> observer) {
        Include include = RequestReader.include(request);
        OpenStream stream = OpenStream.current();
        runner.answer(
                observer,
                timeout -> collections
                        .get(request.getCollection())
                        .fetch(RequestReader.keys(request), RequestReader.projection(include), timeout)
                        .thenApply(reply -> limited(stream, ReplyWriter.write(reply, include))));
    }

    @Override
    public void query(QueryRequest request, StreamObserver<QueryResponse> observer) {
        OpenStream stream = OpenStream.current();
        runner.answer(
                observer,
                timeout -> query(collections.get(request.getCollection()), request, stream.client(), timeout)
                        .thenApply(reply -> limited(stream, reply)));
    }

    private static CompletableFuture<QueryResponse> query(
            Collection collection, QueryRequest request, String client, Duration timeout) {
        QueryCall query = RequestReader.query(request, client, collection::describe);
        return query(collection, query, RequestReader.include(request), timeout);
    }

    private static CompletableFuture<QueryResponse> query(
            Collection collection, QueryCall query, Include include, Duration timeout) {
        return collection.query(query, timeout).thenApply(reply -> ReplyWriter.write(reply, include));
    }

    @Override
    public void queryBatch(QueryBatchRequest request, StreamObserver<QueryBatchResponse> observer) {
        OpenStream stream = OpenStream.current();
        runner.answer(
                observer,
                timeout -> queryBatch(request, stream.client(), timeout).thenApply(reply -> limited(stream, reply)));
    }

    private CompletableFuture<QueryBatchResponse> queryBatch(
            QueryBatchRequest request, String client, Duration timeout) {
        List<QueryCall> queries = RequestReader.queries(
                request, client, name -> collections.get(name).describe());
        Collection collection = collections.get(request.getQueries(0).getCollection());
        Validation.checkQueries(queries, collection.describe());
        Deadline deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
        return new QueryWindow(
                        queries.size(),
                        i -> query(
                                collection,
                                queries.get(i),
                                RequestReader.include(request.getQueries(i)),
                                CallRunner.timeLeft(deadline)))
                .run();
    }

    @Override
    public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
        ServerCallStreamObserver<ScanResponse> call = (ServerCallStreamObserver<ScanResponse>) observer;
        try {
            Collection collection = collections.get(request.getCollection());
            new ScanStream(collection, request, call, runner, calls).start();
        } catch (RuntimeException e) {
            runner.fail(call, e);
        }
    }

    @Override
    public void count(CountRequest request, StreamObserver<CountResponse> observer) {
        runner.answer(
                observer,
                timeout -> collections
                        .get(request.getCollection())
                        .count(RequestReader.filter(request.hasFilter(), request.getFilter()), timeout)
                        .thenApply(ReplyWriter::write));
    }

    @Override
    public void setAttribute(SetAttributeRequest request, StreamObserver<SetAttributeResponse> observer) {
        runner.answer(
                observer,
                timeout -> collections
                        .get(request.getCollection())
                        .setAttribute(request.getName(), request.getValue(), timeout)
                        .thenApply(done -> SetAttributeResponse.getDefaultInstance()));
    }

    /**
     * Limits a reply to a read; never one to a write, because a write that was applied is not answered with an error.
     */
    private <R extends Message> R limited(OpenStream stream, R reply) {
        if (reply.getSerializedSize() > messageBytes) {
            throw new CallException(
                    CallException.Kind.EXHAUSTED,
                    "reply: " + reply.getSerializedSize() + " bytes (expected: at most " + messageBytes
                            + "); ask for fewer documents or fewer of their parts");
        }
        stream.requireRoom(reply.getSerializedSize());
        if (reply.getSerializedSize() > SMALL_REPLY) {
            stream.awaitPeer();
        }
        return reply;
    }

    private static CallException noTarget() {
        return CallException.invalid(List.of(new Violation("target", "none (expected: keyed or filtered)")));
    }
}
