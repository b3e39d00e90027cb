package io.crossfade.proxy.migrations.measure;

import io.crossfade.proxy.migrations.QdrantPlace;
import io.grpc.ManagedChannel;
import io.qdrant.client.grpc.Points.DenseVector;
import io.qdrant.client.grpc.Points.PointStruct;
import io.qdrant.client.grpc.Points.Query;
import io.qdrant.client.grpc.Points.QueryPoints;
import io.qdrant.client.grpc.Points.UpdateStatus;
import io.qdrant.client.grpc.Points.UpsertPoints;
import io.qdrant.client.grpc.Points.Vector;
import io.qdrant.client.grpc.Points.VectorInput;
import io.qdrant.client.grpc.Points.Vectors;
import io.qdrant.client.grpc.Points.WithPayloadSelector;
import io.qdrant.client.grpc.PointsGrpc;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A channel to Qdrant.
 *
 * @param all what is in the collection
 */
record PointsCaller(ManagedChannel channel, String collection, List<PointStruct> all) implements Caller {
    static final long TIMEOUT_SECONDS = 60;

    static PointsGrpc.PointsBlockingStub points(ManagedChannel channel) {
        return PointsGrpc.newBlockingStub(channel).withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Returns when they are applied. */
    static void upsert(ManagedChannel channel, String collection, List<PointStruct> points) {
        UpdateStatus status = points(channel)
                .upsert(UpsertPoints.newBuilder()
                        .setCollectionName(collection)
                        .setWait(true)
                        .addAllPoints(points)
                        .build())
                .getResult()
                .getStatus();
        if (status != UpdateStatus.Completed) {
            throw new IllegalStateException("qdrant: " + status + " (expected: Completed)");
        }
    }

    static Vectors vectors(Iterable<Float> values) {
        return Vectors.newBuilder()
                .setVector(Vector.newBuilder().setDense(DenseVector.newBuilder().addAllData(values)))
                .build();
    }

    @Override
    public void write(int document, float[] vector) {
        PointStruct point = all.get(document).toBuilder()
                .setVectors(vectors(QdrantPlace.floats(vector)))
                .build();
        upsert(channel, collection, List.of(point));
    }

    @Override
    public void query(float[] vector) {
        QueryPoints query = QueryPoints.newBuilder()
                .setCollectionName(collection)
                .setQuery(Query.newBuilder()
                        .setNearest(VectorInput.newBuilder()
                                .setDense(DenseVector.newBuilder().addAllData(QdrantPlace.floats(vector)))))
                .setLimit(HITS)
                .setWithPayload(WithPayloadSelector.newBuilder().setEnable(true))
                .build();
        Caller.requireHits(points(channel).query(query).getResultCount());
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
