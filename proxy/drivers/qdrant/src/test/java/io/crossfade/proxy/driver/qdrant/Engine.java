package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorIndexProvider;
import io.crossfade.proxy.time.Time;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.qdrant.client.grpc.Collections.DeleteCollection;
import io.qdrant.client.grpc.CollectionsGrpc;
import io.qdrant.client.grpc.PointsGrpc;
import io.qdrant.client.grpc.QdrantGrpc;
import io.qdrant.client.grpc.QdrantOuterClass.HealthCheckReply;
import io.qdrant.client.grpc.QdrantOuterClass.HealthCheckRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The server that tests run against, at {@code -Dengine.address}, and the collections of one test on it, which are dropped at
 * its end. What the driver is not asked to do, such as writing as others do, goes over a channel of its own.
 */
final class Engine implements AutoCloseable {
    private final String prefix = "crossfade_test_" + UUID.randomUUID() + "_";
    private final Set<String> collections = new HashSet<>();
    private final ManagedChannel channel = Grpc.newChannelBuilder(address(), InsecureChannelCredentials.create())
            .build();

    static String address() {
        String address = System.getProperty("engine.address", "");
        if (address.isEmpty()) {
            throw new IllegalStateException("-Dengine.address: missing (expected: host:port of a Qdrant server)");
        }
        return address;
    }

    /** The collection's real name. */
    String collection(String name) {
        collections.add(prefix + name);
        return prefix + name;
    }

    VectorIndex connect(IndexDefinition definition, Time time) {
        return connect(definition, Map.of(), time);
    }

    VectorIndex connect(IndexDefinition definition, Map<String, Object> more, Time time) {
        Map<String, Object> options = new HashMap<>(more);
        options.put("address", address());
        options.put("collection", collection(definition.name()));
        IndexDefinition whole =
                new IndexDefinition(definition.name(), "qdrant", definition.vectors(), definition.text(), options);
        return new QdrantIndexProvider()
                .create(whole, new VectorIndexProvider.Context(Path.of(""), Runnable::run, time));
    }

    /** Of itself. */
    HealthCheckReply says() {
        return QdrantGrpc.newBlockingStub(channel).healthCheck(HealthCheckRequest.getDefaultInstance());
    }

    Channel channel() {
        return channel;
    }

    PointsGrpc.PointsBlockingStub points() {
        return PointsGrpc.newBlockingStub(channel);
    }

    CollectionsGrpc.CollectionsBlockingStub collections() {
        return CollectionsGrpc.newBlockingStub(channel);
    }

    @Override
    public void close() {
        collections.forEach(each -> {
            var unused = collections()
                    .delete(DeleteCollection.newBuilder()
                            .setCollectionName(each)
                            .build());
        });
        channel.shutdownNow();
        try {
            channel.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
