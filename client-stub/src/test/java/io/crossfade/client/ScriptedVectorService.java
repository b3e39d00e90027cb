package io.crossfade.client;

import io.crossfade.v1.DeleteRequest;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.FetchResponse;
import io.crossfade.v1.Key;
import io.crossfade.v1.QueryRequest;
import io.crossfade.v1.QueryResponse;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.UpdateMetadataRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.WriteResponse;
import io.grpc.stub.StreamObserver;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Notes every request and answers it with the next prepared step; without one it never answers.
 */
final class ScriptedVectorService extends VectorServiceGrpc.VectorServiceImplBase {
    final BlockingQueue<Object> requests = new LinkedBlockingQueue<>();
    private final Queue<Step> steps = new ConcurrentLinkedQueue<>();

    /** How one request is answered. */
    @FunctionalInterface
    interface Step {
        /** To nobody. */
        Step HANG = observer -> {};

        void answer(StreamObserver<Object> observer);

        static Step reply(Object... messages) {
            return observer -> {
                for (Object message : messages) {
                    observer.onNext(message);
                }
                observer.onCompleted();
            };
        }

        static Step fail(Throwable failure, Object... messagesBefore) {
            return observer -> {
                for (Object message : messagesBefore) {
                    observer.onNext(message);
                }
                observer.onError(failure);
            };
        }
    }

    ScriptedVectorService then(Step step) {
        steps.add(step);
        return this;
    }

    /** The next request received, of this type. */
    <Q> Q request(Class<Q> type) throws InterruptedException {
        return type.cast(requests.take());
    }

    @Override
    public void upsert(UpsertRequest request, StreamObserver<WriteResponse> observer) {
        play(request, observer);
    }

    @Override
    public void updateMetadata(UpdateMetadataRequest request, StreamObserver<WriteResponse> observer) {
        play(request, observer);
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<WriteResponse> observer) {
        play(request, observer);
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> observer) {
        play(request, observer);
    }

    @Override
    public void query(QueryRequest request, StreamObserver<QueryResponse> observer) {
        play(request, observer);
    }

    @Override
    public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
        play(request, observer);
    }

    static Key key(String id) {
        return Key.newBuilder().setId(id).build();
    }

    @SuppressWarnings("unchecked") // a test prepares messages of the type that its call expects
    private void play(Object request, StreamObserver<?> observer) {
        requests.add(request);
        Step step = steps.poll();
        if (step != null) {
            step.answer((StreamObserver<Object>) observer);
        }
    }
}
