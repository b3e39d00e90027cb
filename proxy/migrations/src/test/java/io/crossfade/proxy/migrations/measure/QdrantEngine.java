package io.crossfade.proxy.migrations.measure;

import io.crossfade.proxy.driver.qdrant.OwnServer;
import io.crossfade.proxy.local.Ports;
import io.crossfade.proxy.migrations.Place;
import io.crossfade.proxy.migrations.QdrantPlace;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.qdrant.client.grpc.Collections.CollectionConfig;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.DeleteCollection;
import io.qdrant.client.grpc.Collections.GetCollectionInfoRequest;
import io.qdrant.client.grpc.CollectionsGrpc;
import io.qdrant.client.grpc.Points.CreateFieldIndexCollection;
import io.qdrant.client.grpc.Points.FieldType;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import io.qdrant.client.grpc.Points.ScrollResponse;
import io.qdrant.client.grpc.Points.WithPayloadSelector;
import io.qdrant.client.grpc.Points.WithVectorsSelector;
import io.qdrant.client.grpc.QdrantGrpc;
import io.qdrant.client.grpc.QdrantOuterClass.HealthCheckRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A test double of Qdrant, and the classes of Qdrant's client. */
final class QdrantEngine implements Engine {
    private static final int PAGE = 500;

    private final Settings settings;
    private final Path folder;
    private final Ports ports = new Ports();
    private final OwnServer server;
    private final ManagedChannel channel;

    QdrantEngine(Settings settings, Path folder) throws IOException {
        this.settings = settings;
        this.folder = folder;
        server = start(folder.resolve("target"));
        channel = channel();
    }

    private OwnServer start(Path data) throws IOException {
        return OwnServer.start(data, "--port", Integer.toString(ports.next()));
    }

    private ManagedChannel channel() {
        return Grpc.newChannelBuilder(server.address(), InsecureChannelCredentials.create())
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
    }

    private CollectionsGrpc.CollectionsBlockingStub collections() {
        return CollectionsGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PointsCaller.TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public String name() {
        return "test double of Qdrant "
                + QdrantGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(PointsCaller.TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .healthCheck(HealthCheckRequest.getDefaultInstance())
                        .getVersion();
    }

    @Override
    public boolean isTestDouble() {
        return true;
    }

    @Override
    public Place.OnServer another() throws IOException {
        return new QdrantPlace(folder.resolve("source"));
    }

    @Override
    public String options(String index) {
        return "driver: qdrant, address: \"" + server.address() + "\", collection: " + index + ", unknown_settle: 5s";
    }

    @Override
    public void settle() {}

    @Override
    public void drop(String index) {
        var unused = collections()
                .delete(DeleteCollection.newBuilder().setCollectionName(index).build());
    }

    private CollectionInfo info(String index) {
        return collections()
                .get(GetCollectionInfoRequest.newBuilder()
                        .setCollectionName(index)
                        .build())
                .getResult();
    }

    @Override
    public Contents read(String index) {
        List<PointStruct> all = new ArrayList<>();
        ScrollPoints.Builder scroll = ScrollPoints.newBuilder()
                .setCollectionName(index)
                .setLimit(PAGE)
                .setWithPayload(WithPayloadSelector.newBuilder().setEnable(true))
                .setWithVectors(WithVectorsSelector.newBuilder().setEnable(true));
        boolean more = true;
        while (more) {
            ScrollResponse page = PointsCaller.points(channel).scroll(scroll.build());
            page.getResultList().forEach(point -> all.add(point(point)));
            more = page.hasNextPageOffset();
            scroll.setOffset(page.getNextPageOffset());
        }
        return new AllPoints(info(index), all);
    }

    private static PointStruct point(RetrievedPoint point) {
        return PointStruct.newBuilder()
                .setId(point.getId())
                .putAllPayload(point.getPayloadMap())
                .setVectors(PointsCaller.vectors(
                        point.getVectors().getVector().getDense().getDataList()))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.close();
    }

    private final class AllPoints implements Contents {
        private final CollectionInfo original;
        private final List<PointStruct> all;

        AllPoints(CollectionInfo original, List<PointStruct> all) {
            this.original = original;
            this.all = all;
        }

        /** With the same vectors, settings and payload indexes. */
        @Override
        public void make(String index) {
            drop(index);
            CollectionConfig config = original.getConfig();
            var unused = collections()
                    .create(CreateCollection.newBuilder()
                            .setCollectionName(index)
                            .setVectorsConfig(config.getParams().getVectorsConfig())
                            .setHnswConfig(config.getHnswConfig())
                            .setOptimizersConfig(config.getOptimizerConfig())
                            .build());
            original.getPayloadSchemaMap().forEach((key, schema) -> {
                String type = schema.getDataType().name();
                var ignored = PointsCaller.points(channel)
                        .createFieldIndex(CreateFieldIndexCollection.newBuilder()
                                .setCollectionName(index)
                                .setWait(true)
                                .setFieldName(key)
                                .setFieldType(FieldType.valueOf("FieldType" + type.substring(0, 1)
                                        + type.substring(1).toLowerCase(Locale.ROOT)))
                                .setFieldIndexParams(schema.getParams())
                                .build());
            });
        }

        @Override
        public Map<String, Way> ways() {
            return Map.of(
                    "upserts of " + settings.batch() + ", wait=true, " + settings.inFlight() + " under way",
                    index -> Batches.write(all, settings, () -> new Batches.Writer<>() {
                        private final ManagedChannel own = channel();

                        @Override
                        public void write(List<PointStruct> batch) {
                            PointsCaller.upsert(own, index, batch);
                        }

                        @Override
                        public void close() {
                            own.shutdownNow();
                        }
                    }));
        }

        @Override
        public Caller caller(String index) {
            return new PointsCaller(channel(), index, all);
        }
    }
}
