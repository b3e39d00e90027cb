package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.time.Time;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.qdrant.client.grpc.Collections.CollectionConfig;
import io.qdrant.client.grpc.Collections.CollectionDescription;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.GetCollectionInfoResponse;
import io.qdrant.client.grpc.Collections.ListCollectionsResponse;
import io.qdrant.client.grpc.CollectionsGrpc;
import io.qdrant.client.grpc.Points.PointsOperationResponse;
import io.qdrant.client.grpc.Points.UpdateResult;
import io.qdrant.client.grpc.Points.UpdateStatus;
import io.qdrant.client.grpc.PointsGrpc;
import io.qdrant.client.grpc.QdrantGrpc;
import io.qdrant.client.grpc.QdrantOuterClass.HealthCheckReply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A server that answers as the test says, for what no engine does on demand: it stands for the wire, not for Qdrant. An answer
 * is a message, or a status to fail with; a call without one is never answered.
 */
final class ScriptedServer implements AutoCloseable {
    static final String COLLECTION = "words";

    private final Map<MethodDescriptor<?, ?>, Function<Object, Object>> answers = new ConcurrentHashMap<>();
    private final List<Object> requests = new CopyOnWriteArrayList<>();
    private final List<Metadata> headers = new CopyOnWriteArrayList<>();
    private final Server server;

    ScriptedServer() throws IOException {
        this(0);
    }

    ScriptedServer(int port) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port));
        List.of(
                        PointsGrpc.getServiceDescriptor(),
                        CollectionsGrpc.getServiceDescriptor(),
                        QdrantGrpc.getServiceDescriptor())
                .forEach(service -> {
                    ServerServiceDefinition.Builder methods = ServerServiceDefinition.builder(service);
                    service.getMethods().forEach(method -> methods.addMethod(served(method)));
                    builder.addService(methods.build());
                });
        server = builder.build().start();
        answer(
                QdrantGrpc.getHealthCheckMethod(),
                HealthCheckReply.newBuilder().setVersion("1.18.0").build());
        answer(
                CollectionsGrpc.getListMethod(),
                ListCollectionsResponse.newBuilder()
                        .addCollections(CollectionDescription.newBuilder().setName(COLLECTION))
                        .build());
        collection(CollectionInfo.newBuilder()
                .setConfig(CollectionConfig.newBuilder().setParams(SchemeTest.params()))
                .build());
    }

    private <Q, R> ServerMethodDefinition<Q, R> served(MethodDescriptor<Q, R> method) {
        return ServerMethodDefinition.create(method, (call, headersOfCall) -> {
            headers.add(headersOfCall);
            call.request(1);
            return new ServerCall.Listener<Q>() {
                @Override
                public void onMessage(Q request) {
                    requests.add(request);
                    reply(call, answers.getOrDefault(method, each -> method).apply(request));
                }
            };
        });
    }

    @SuppressWarnings("unchecked")
    private static <Q, R> void reply(ServerCall<Q, R> call, Object answer) {
        if (answer instanceof Status status) {
            call.close(status, new Metadata());
        } else if (!(answer instanceof MethodDescriptor)) {
            call.sendHeaders(new Metadata());
            call.sendMessage((R) answer);
            call.close(Status.OK, new Metadata());
        }
    }

    <Q, R> void answer(MethodDescriptor<Q, R> method, Object answer) {
        answers.put(method, request -> answer);
    }

    @SuppressWarnings("unchecked")
    <Q, R> void answer(MethodDescriptor<Q, R> method, Function<Q, Object> answer) {
        answers.put(method, request -> answer.apply((Q) request));
    }

    void collection(CollectionInfo info) {
        answer(
                CollectionsGrpc.getGetMethod(),
                GetCollectionInfoResponse.newBuilder().setResult(info).build());
    }

    static PointsOperationResponse status(UpdateStatus status) {
        return PointsOperationResponse.newBuilder()
                .setResult(UpdateResult.newBuilder().setStatus(status))
                .build();
    }

    int port() {
        return server.getPort();
    }

    <T> List<T> requests(Class<T> type) {
        return requests.stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<Metadata> headers() {
        return headers;
    }

    IndexDefinition definition(Map<String, Object> more) {
        Map<String, Object> options =
                new HashMap<>(Map.of("address", "127.0.0.1:" + server.getPort(), "collection", COLLECTION));
        options.putAll(more);
        return new IndexDefinition("words", "qdrant", IndexFixture.DEFINITION.vectors(), TextSource.OWN, options);
    }

    VectorIndex connect(Map<String, Object> more, Time time) {
        return new QdrantIndexProvider()
                .create(definition(more), new VectorIndexProvider.Context(Path.of(""), Runnable::run, time));
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
