package io.crossfade.proxy.migrations;

import io.crossfade.proxy.demo.app.Entry;
import io.crossfade.proxy.demo.check.Holding;
import io.crossfade.proxy.demo.check.Holding.HeldVector;
import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.existing.Existing;
import io.crossfade.proxy.driver.qdrant.OwnServer;
import io.crossfade.proxy.local.Ports;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.Distance;
import io.qdrant.client.grpc.Collections.VectorParams;
import io.qdrant.client.grpc.Collections.VectorsConfig;
import io.qdrant.client.grpc.CollectionsGrpc;
import io.qdrant.client.grpc.Common;
import io.qdrant.client.grpc.Common.PointId;
import io.qdrant.client.grpc.JsonWithInt.ListValue;
import io.qdrant.client.grpc.JsonWithInt.Struct;
import io.qdrant.client.grpc.JsonWithInt.Value;
import io.qdrant.client.grpc.Points;
import io.qdrant.client.grpc.Points.CountPoints;
import io.qdrant.client.grpc.Points.DeletePoints;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.PointsIdsList;
import io.qdrant.client.grpc.Points.PointsSelector;
import io.qdrant.client.grpc.Points.RetrievedPoint;
import io.qdrant.client.grpc.Points.ScrollPoints;
import io.qdrant.client.grpc.Points.ScrollResponse;
import io.qdrant.client.grpc.Points.UpdateStatus;
import io.qdrant.client.grpc.Points.UpsertPoints;
import io.qdrant.client.grpc.Points.Vector;
import io.qdrant.client.grpc.Points.Vectors;
import io.qdrant.client.grpc.Points.WithPayloadSelector;
import io.qdrant.client.grpc.Points.WithVectorsSelector;
import io.qdrant.client.grpc.PointsGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A collection on a test double of Qdrant of its own. */
public final class QdrantPlace implements Place.OnServer {
    private static final String COLLECTION = "words";
    private static final String TEXT = "page_content";
    private static final Ports PORTS = new Ports();
    private static final int PAGE = 500;
    private static final long TIMEOUT_SECONDS = 60;

    private final Path data;
    private OwnServer server;

    public QdrantPlace(Path data) throws IOException {
        this.data = data;
        this.server = OwnServer.start(data, "--port", Integer.toString(PORTS.next()));
    }

    @Override
    public String options() {
        return "driver: qdrant, address: \"" + server.address() + "\", collection: " + COLLECTION
                + ", unknown_settle: 10s";
    }

    private interface Task<T> {
        T on(ManagedChannel channel);
    }

    /** On a channel of its own, because the server is another one after an outage. */
    private <T> T call(Task<T> task) throws InterruptedException {
        ManagedChannel channel = Grpc.newChannelBuilder(server.address(), InsecureChannelCredentials.create())
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .build();
        try {
            return task.on(channel);
        } finally {
            channel.shutdownNow();
            channel.awaitTermination(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static PointsGrpc.PointsBlockingStub points(ManagedChannel channel) {
        return PointsGrpc.newBlockingStub(channel).withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void fill(List<Existing> existing) throws InterruptedException {
        VectorParams params = VectorParams.newBuilder()
                .setSize(existing.get(0).vector().length)
                .setDistance(Distance.Cosine)
                .build();
        CreateCollection create = CreateCollection.newBuilder()
                .setCollectionName(COLLECTION)
                .setVectorsConfig(VectorsConfig.newBuilder().setParams(params))
                .build();
        var unused = call(channel -> CollectionsGrpc.newBlockingStub(channel).create(create));
        for (int from = 0; from < existing.size(); from += PAGE) {
            UpsertPoints upsert = UpsertPoints.newBuilder()
                    .setCollectionName(COLLECTION)
                    .setWait(true)
                    .addAllPoints(existing.subList(from, Math.min(existing.size(), from + PAGE)).stream()
                            .map(QdrantPlace::point)
                            .toList())
                    .build();
            completed(call(channel -> points(channel).upsert(upsert).getResult().getStatus()));
        }
    }

    private static void completed(UpdateStatus status) {
        if (status != UpdateStatus.Completed) {
            throw new IllegalStateException("qdrant: " + status + " (expected: Completed)");
        }
    }

    private static PointStruct point(Existing each) {
        return PointStruct.newBuilder()
                .setId(PointId.newBuilder().setNum(Long.parseUnsignedLong(each.id())))
                .setVectors(Vectors.newBuilder()
                        .setVector(Vector.newBuilder()
                                .setDense(Points.DenseVector.newBuilder().addAllData(floats(each.vector())))))
                .putAllPayload(values(each.entry().metadata()))
                .putPayload(TEXT, value(each.entry().text()))
                .build();
    }

    public static List<Float> floats(float[] vector) {
        List<Float> floats = new ArrayList<>(vector.length);
        for (float each : vector) {
            floats.add(each);
        }
        return floats;
    }

    private static Map<String, Value> values(Map<?, ?> objects) {
        Map<String, Value> values = new LinkedHashMap<>();
        objects.forEach((key, object) -> values.put((String) key, value(object)));
        return values;
    }

    private static Value value(Object object) {
        Value.Builder value = Value.newBuilder();
        if (object instanceof String text) {
            value.setStringValue(text);
        } else if (object instanceof Long number) {
            value.setIntegerValue(number);
        } else if (object instanceof Double number) {
            value.setDoubleValue(number);
        } else if (object instanceof Boolean flag) {
            value.setBoolValue(flag);
        } else if (object instanceof List<?> list) {
            value.setListValue(ListValue.newBuilder()
                    .addAllValues(list.stream().map(QdrantPlace::value).toList()));
        } else if (object instanceof Map<?, ?> map) {
            value.setStructValue(Struct.newBuilder().putAllFields(values(map)));
        } else {
            throw new IllegalArgumentException(object + " (expected: a text, number, bool, list or map)");
        }
        return value.build();
    }

    @Override
    public long stamped() throws InterruptedException {
        CountPoints count = CountPoints.newBuilder()
                .setCollectionName(COLLECTION)
                .setExact(true)
                .setFilter(Common.Filter.newBuilder()
                        .addMustNot(Common.Condition.newBuilder()
                                .setIsEmpty(Common.IsEmptyCondition.newBuilder().setKey("_cf_v"))))
                .build();
        return call(channel -> points(channel).count(count).getResult().getCount());
    }

    @Override
    public Index look(String name, boolean serves, String space) throws InterruptedException {
        // Which space a vector is of, the engine does not know; that it is made of its text is looked at.
        return new Index(name, serves, space, "", false, contents(space));
    }

    private List<Holding> contents(String space) throws InterruptedException {
        List<Holding> contents = new ArrayList<>();
        ScrollPoints.Builder scroll = ScrollPoints.newBuilder()
                .setCollectionName(COLLECTION)
                .setLimit(PAGE)
                .setWithPayload(WithPayloadSelector.newBuilder().setEnable(true))
                .setWithVectors(WithVectorsSelector.newBuilder().setEnable(true));
        boolean more = true;
        while (more) {
            ScrollResponse page = call(channel -> points(channel).scroll(scroll.build()));
            page.getResultList().forEach(point -> contents.add(holding(point, space)));
            more = page.hasNextPageOffset();
            scroll.setOffset(page.getNextPageOffset());
        }
        return contents;
    }

    private static Holding holding(RetrievedPoint point, String space) {
        Map<String, Object> metadata = new TreeMap<>(objects(point.getPayloadMap()));
        metadata.keySet().removeIf(key -> key.startsWith("_cf_"));
        String text = String.valueOf(metadata.remove(TEXT));
        List<Float> found = point.getVectors().getVector().getDense().getDataList();
        float[] vector = new float[found.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = found.get(i);
        }
        return new Holding(
                Long.toUnsignedString(point.getId().getNum()),
                new Entry(text, metadata),
                List.of(new HeldVector(space, "", vector)));
    }

    private static Map<String, Object> objects(Map<String, Value> values) {
        Map<String, Object> objects = new LinkedHashMap<>();
        values.forEach((key, value) -> objects.put(key, object(value)));
        return objects;
    }

    private static Object object(Value value) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INTEGER_VALUE -> value.getIntegerValue();
            case DOUBLE_VALUE -> value.getDoubleValue();
            case BOOL_VALUE -> value.getBoolValue();
            case LIST_VALUE ->
                value.getListValue().getValuesList().stream()
                        .map(QdrantPlace::object)
                        .toList();
            case STRUCT_VALUE -> objects(value.getStructValue().getFieldsMap());
            case NULL_VALUE, KIND_NOT_SET -> "null";
        };
    }

    @Override
    public void remove(String id) throws InterruptedException {
        PointsIdsList ids = PointsIdsList.newBuilder()
                .addIds(PointId.newBuilder().setNum(Long.parseUnsignedLong(id)))
                .build();
        DeletePoints delete = DeletePoints.newBuilder()
                .setCollectionName(COLLECTION)
                .setWait(true)
                .setPoints(PointsSelector.newBuilder().setPoints(ids))
                .build();
        completed(call(channel -> points(channel).delete(delete).getResult().getStatus()));
    }

    @Override
    public void freeze() throws IOException {
        server.freeze();
    }

    @Override
    public void thaw() throws IOException {
        server.thaw();
    }

    @Override
    public void kill() {
        server.close();
    }

    @Override
    public void start() throws IOException {
        server = OwnServer.start(data, "--port", Integer.toString(server.port()));
    }

    @Override
    public void close() {
        server.close();
    }
}
