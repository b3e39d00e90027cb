package io.crossfade.proxy.demo.app;

import com.google.protobuf.ByteString;
import io.crossfade.v1.CountRequest;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.DeleteRequest;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.DescribeCollectionRequest;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.Document;
import io.crossfade.v1.FetchRequest;
import io.crossfade.v1.FetchResponse;
import io.crossfade.v1.Hit;
import io.crossfade.v1.Key;
import io.crossfade.v1.KeyedPatch;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.QueryRequest;
import io.crossfade.v1.QueryResponse;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.SpaceUse;
import io.crossfade.v1.Stamp;
import io.crossfade.v1.UpdateMetadataRequest;
import io.crossfade.v1.UpsertRequest;
import io.crossfade.v1.VectorServiceGrpc.VectorServiceImplBase;
import io.crossfade.v1.WriteResponse;
import io.crossfade.v1.WriteResult;
import io.crossfade.v1.WriteResult.Leader;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A collection on loopback that keeps its word in all but one way, towards one document in three. */
final class SabotagedService extends VectorServiceImplBase implements AutoCloseable {
    static final String SPACE = "toy";
    private static final String FINGERPRINT = "0123456789abcdef";
    private static final int VICTIMS = 3;

    /** What it does wrong. */
    enum Sabotage {
        NOTHING,
        LOSES_UPSERTS,
        LOSES_METADATA,
        LOSES_DELETES,
        ADDS_STRANGERS,
        KEEPS_OLD_VECTORS,
        MIXES_SPACES,
        REFUSES_WRITES,
        LOSES_ANSWERS
    }

    private final Sabotage sabotage;
    private final Map<String, Document> documents = new ConcurrentHashMap<>();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger upserts = new AtomicInteger();
    private final CountDownLatch busy;
    private final Server server;

    SabotagedService(Sabotage sabotage, int calls) throws IOException {
        this.sabotage = sabotage;
        busy = new CountDownLatch(calls);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    /** Returns when there have been so many calls. */
    void awaitCalls() throws InterruptedException {
        busy.await();
    }

    static float[] embed(String text) {
        double angle = Math.floorMod(text.hashCode(), 1_000_003);
        return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
    }

    @Override
    public void describeCollection(
            DescribeCollectionRequest request, StreamObserver<DescribeCollectionResponse> observer) {
        answer(
                observer,
                () -> DescribeCollectionResponse.newBuilder()
                        .addSpaces(SpaceUse.newBuilder().setSpace(SPACE).setFingerprint(FINGERPRINT))
                        .build());
    }

    @Override
    public void upsert(UpsertRequest request, StreamObserver<WriteResponse> observer) {
        if (refuses()) {
            observer.onError(
                    Status.FAILED_PRECONDITION.withDescription("sabotage").asRuntimeException());
            return;
        }
        if (sabotage == Sabotage.LOSES_ANSWERS
                && request.getDocumentsList().stream().filter(this::isNew).count() > 0) {
            observer.onError(Status.INTERNAL.withDescription("sabotage").asRuntimeException());
            return;
        }
        write(observer, request.getDocumentsList().stream().map(document -> {
            if (!strikes(Sabotage.LOSES_UPSERTS, document.getId())) {
                documents.put(document.getId(), embedded(document));
            }
            if (strikes(Sabotage.ADDS_STRANGERS, document.getId())) {
                Document stranger =
                        document.toBuilder().setId(document.getId() + "-twin").build();
                documents.put(stranger.getId(), embedded(stranger));
            }
            return document.getId();
        }));
    }

    @Override
    public void updateMetadata(UpdateMetadataRequest request, StreamObserver<WriteResponse> observer) {
        write(observer, request.getKeyed().getPatchesList().stream().map(patch -> {
            if (!strikes(Sabotage.LOSES_METADATA, patch.getKey().getId())) {
                documents.computeIfPresent(patch.getKey().getId(), (id, document) -> patched(document, patch));
            }
            return patch.getKey().getId();
        }));
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<WriteResponse> observer) {
        write(observer, request.getKeyed().getKeysList().stream().map(key -> {
            if (!strikes(Sabotage.LOSES_DELETES, key.getId())) {
                documents.remove(key.getId());
            }
            return key.getId();
        }));
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<FetchResponse> observer) {
        answer(
                observer,
                () -> FetchResponse.newBuilder()
                        .addAllDocuments(request.getKeysList().stream()
                                .map(Key::getId)
                                .filter(documents::containsKey)
                                .map(documents::get)
                                .toList())
                        .build());
    }

    @Override
    public void query(QueryRequest request, StreamObserver<QueryResponse> observer) {
        answer(
                observer,
                () -> QueryResponse.newBuilder()
                        .addAllHits(documents.values().stream()
                                .limit(1)
                                .map(document ->
                                        Hit.newBuilder().setDocument(document).build())
                                .toList())
                        .build());
    }

    @Override
    public void count(CountRequest request, StreamObserver<CountResponse> observer) {
        answer(
                observer,
                () -> CountResponse.newBuilder().setCount(documents.size()).build());
    }

    @Override
    public void scan(ScanRequest request, StreamObserver<ScanResponse> observer) {
        documents
                .values()
                .forEach(document -> observer.onNext(
                        ScanResponse.newBuilder().addDocuments(document).build()));
        observer.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private void write(StreamObserver<WriteResponse> observer, Stream<String> applied) {
        answer(
                observer,
                () -> WriteResponse.newBuilder()
                        .addAllResults(applied.map(id -> WriteResult.newBuilder()
                                        .setKey(Key.newBuilder().setId(id))
                                        .setLeader(Leader.LEADER_APPLIED)
                                        .build())
                                .toList())
                        .build());
    }

    private <T> void answer(StreamObserver<T> observer, Supplier<T> answer) {
        observer.onNext(answer.get());
        observer.onCompleted();
        busy.countDown();
    }

    private boolean strikes(Sabotage kind, String id) {
        return sabotage == kind && id.hashCode() % VICTIMS == 0;
    }

    private boolean isNew(Document document) {
        return asked.add(document.getId());
    }

    private boolean refuses() {
        return sabotage == Sabotage.REFUSES_WRITES && upserts.incrementAndGet() % VICTIMS == 0;
    }

    private Document embedded(Document document) {
        Document old = documents.get(document.getId());
        List<NamedVector> vectors = old != null && strikes(Sabotage.KEEPS_OLD_VECTORS, document.getId())
                ? old.getVectorsList()
                : List.of(
                        vector(document.getText(), strikes(Sabotage.MIXES_SPACES, document.getId()) ? "other" : SPACE));
        return document.toBuilder()
                .addAllVectors(vectors)
                .setStamp(Stamp.newBuilder().putProvenance("", FINGERPRINT + ":0"))
                .build();
    }

    private static NamedVector vector(String text, String space) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(embed(text));
        return NamedVector.newBuilder()
                .setSpace(space)
                .setDense(DenseVector.newBuilder().setF32Le(ByteString.copyFrom(bytes)))
                .build();
    }

    private static Document patched(Document document, KeyedPatch patch) {
        Document.Builder changed =
                document.toBuilder().putAllMetadata(patch.getPatch().getSetMap());
        patch.getPatch().getRemoveList().forEach(changed::removeMetadata);
        return changed.build();
    }
}
