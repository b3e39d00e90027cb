package io.crossfade.proxy.load;

import com.google.protobuf.InvalidProtocolBufferException;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.front.calls.LateCalls;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.time.SystemTime;
import io.crossfade.proxy.wire.NotAfter;
import io.crossfade.v1.CountRequest;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.DescribeCollectionRequest;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.Document;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.FetchResponse;
import io.crossfade.v1.Key;
import io.crossfade.v1.Limits;
import io.crossfade.v1.Metric;
import io.crossfade.v1.Phase;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.SetAttributeRequest;
import io.crossfade.v1.SetAttributeResponse;
import io.crossfade.v1.SpaceUse;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.WriteResponse;
import io.crossfade.v1.WriteResult;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * An engine that says APPLIED to every upsert of one document, unread, and has nothing to scan. It keeps what a sidecar looks at to
 * trust it: the notes on a collection, any of which it has, and the newest documents. Its answers tell the time to who asks for it,
 * as a sidecar's do, so that calls bring a limit. To each line of input it says its {@link Counts}.
 */
final class NullUpstream extends VectorServiceGrpc.VectorServiceImplBase {
    private static final byte[] APPLIED = applied(1);

    /** A request of more bytes may hold more documents than one, as those of a replay do. */
    private static final int MOST_OF_ONE = 2 * LoadGenerator.request(0).length;

    private final Space space;
    private final Newest newest = new Newest();
    private final Map<String, Map<String, String>> notes = new ConcurrentHashMap<>();

    private NullUpstream(Space space) {
        this.space = space;
    }

    public static void main(String[] config) throws Exception {
        Space space = CrossfadeConfig.load(Path.of(config[0])).space(SidecarConfig.SPACE);
        NullUpstream upstream = new NullUpstream(space);
        ServerServiceDefinition all = upstream.bindService();
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(VectorServiceGrpc.SERVICE_NAME)
                .addMethod(Bytes.UPSERT, ServerCalls.asyncUnaryCall((request, observer) -> {
                    upstream.newest.add(request);
                    observer.onNext(applied(request));
                    observer.onCompleted();
                }));
        all.getMethods().stream()
                .filter(method ->
                        !method.getMethodDescriptor().getFullMethodName().equals(Bytes.UPSERT.getFullMethodName()))
                .forEach(service::addMethod);
        Counting counting = new Counting();
        try (SystemTime time = new SystemTime()) {
            Server server = Bytes.server()
                    .addService(service.build())
                    .intercept(new LateCalls(time))
                    .intercept(counting)
                    .build()
                    .start();
            System.out.println(Child.READY + server.getPort());
            Child.answer(question -> counting.counts().line());
        }
    }

    private static byte[] applied(byte[] request) {
        try {
            return request.length <= MOST_OF_ONE
                    ? APPLIED
                    : applied(UpsertRequest.parseFrom(request).getDocumentsCount());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] applied(int documents) {
        WriteResult result = WriteResult.newBuilder()
                .setLeader(WriteResult.Leader.LEADER_APPLIED)
                .build();
        return WriteResponse.newBuilder()
                .setEpoch(1)
                .addAllResults(Collections.nCopies(documents, result))
                .build()
                .toByteArray();
    }

    /**
     * The upserts so far.
     *
     * @param limited of them, those that said until when they may begin
     */
    record Counts(long upserts, long limited) {
        static Counts parse(String line) {
            String[] parts = line.split(" ", -1);
            return new Counts(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        }

        String line() {
            return upserts + " " + limited;
        }

        Counts minus(Counts before) {
            return new Counts(upserts - before.upserts, limited - before.limited);
        }
    }

    private static final class Counting implements ServerInterceptor {
        private final LongAdder upserts = new LongAdder();
        private final LongAdder limited = new LongAdder();

        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            if (call.getMethodDescriptor().getFullMethodName().equals(Bytes.UPSERT.getFullMethodName())) {
                upserts.increment();
                if (NotAfter.read(headers.get(NotAfter.LIMIT)) != null) {
                    limited.increment();
                }
            }
            return next.startCall(call, headers);
        }

        Counts counts() {
            return new Counts(upserts.sum(), limited.sum());
        }
    }

    @Override
    public void describeCollection(
            DescribeCollectionRequest request, StreamObserver<DescribeCollectionResponse> observer) {
        observer.onNext(DescribeCollectionResponse.newBuilder()
                .setCollection(request.getCollection())
                .setEpoch(1)
                .setPhase(Phase.PHASE_SINGLE)
                .setServingIndex("null")
                .addSpaces(SpaceUse.newBuilder()
                        .setSpace(space.name())
                        .setFingerprint(space.fingerprint())
                        .setDimensions(space.dimensions())
                        .setMetric(Metric.METRIC_COSINE)
                        .setServing(true)
                        .setLeading(true))
                .setLimits(Limits.newBuilder().setBatch(1000))
                .putAllAttributes(notes(request.getCollection()))
                .build());
        observer.onCompleted();
    }

    @Override
    public void setAttribute(SetAttributeRequest request, StreamObserver<SetAttributeResponse> observer) {
        if (request.getValue().isEmpty()) {
            notes(request.getCollection()).remove(request.getName());
        } else {
            notes(request.getCollection()).put(request.getName(), request.getValue());
        }
        observer.onNext(SetAttributeResponse.getDefaultInstance());
        observer.onCompleted();
    }

    private Map<String, String> notes(String collection) {
        return notes.computeIfAbsent(collection, same -> new ConcurrentHashMap<>());
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> observer) {
        FetchResponse.Builder response = FetchResponse.newBuilder().setEpoch(1);
        for (Key key : request.getKeysList()) {
            Optional<Document> found = newest.find(key.getId());
            if (found.isEmpty()) {
                observer.onError(Status.UNAVAILABLE
                        .withDescription(key.getId() + ": not among the newest (expected: one of those)")
                        .asRuntimeException());
                return;
            }
            response.addDocuments(found.get());
        }
        observer.onNext(response.build());
        observer.onCompleted();
    }

    @Override
    public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
        observer.onNext(ScanResponse.getDefaultInstance());
        observer.onCompleted();
    }

    @Override
    public void count(CountRequest request, StreamObserver<CountResponse> observer) {
        observer.onNext(CountResponse.getDefaultInstance());
        observer.onCompleted();
    }
}
