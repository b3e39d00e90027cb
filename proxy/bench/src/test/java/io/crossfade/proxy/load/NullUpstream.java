package io.crossfade.proxy.load;

import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.model.Space;
import io.crossfade.v1.CountRequest;
import io.crossfade.v1.CountResponse;
import io.crossfade.v1.DescribeCollectionRequest;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.Limits;
import io.crossfade.v1.Metric;
import io.crossfade.v1.Phase;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.SetAttributeRequest;
import io.crossfade.v1.SetAttributeResponse;
import io.crossfade.v1.SpaceUse;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.WriteResponse;
import io.crossfade.v1.WriteResult;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;

/** An engine that says APPLIED to every upsert of one document, unread, and is always empty. */
final class NullUpstream extends VectorServiceGrpc.VectorServiceImplBase {
    private static final byte[] APPLIED = WriteResponse.newBuilder()
            .setEpoch(1)
            .addResults(WriteResult.newBuilder().setLeader(WriteResult.Leader.LEADER_APPLIED))
            .build()
            .toByteArray();

    private final Space space;

    private NullUpstream(Space space) {
        this.space = space;
    }

    public static void main(String[] config) throws Exception {
        Space space = CrossfadeConfig.load(Path.of(config[0])).space(SidecarConfig.SPACE);
        ServerServiceDefinition all = new NullUpstream(space).bindService();
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(VectorServiceGrpc.SERVICE_NAME)
                .addMethod(Bytes.UPSERT, ServerCalls.asyncUnaryCall((request, observer) -> {
                    observer.onNext(APPLIED);
                    observer.onCompleted();
                }));
        all.getMethods().stream()
                .filter(method ->
                        !method.getMethodDescriptor().getFullMethodName().equals(Bytes.UPSERT.getFullMethodName()))
                .forEach(service::addMethod);
        Server server = Bytes.server().addService(service.build()).build().start();
        System.out.println(Child.READY + server.getPort());
        Child.waitForEndOfInput();
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
                .build());
        observer.onCompleted();
    }

    @Override
    public void setAttribute(SetAttributeRequest request, StreamObserver<SetAttributeResponse> observer) {
        observer.onNext(SetAttributeResponse.getDefaultInstance());
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
