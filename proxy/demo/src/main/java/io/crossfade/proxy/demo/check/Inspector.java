package io.crossfade.proxy.demo.check;

import io.crossfade.client.Connection;
import io.crossfade.proxy.demo.app.Entry;
import io.crossfade.proxy.demo.check.Holding.HeldVector;
import io.crossfade.v1.DescribeCollectionRequest;
import io.crossfade.v1.DescribeCollectionResponse;
import io.crossfade.v1.Document;
import io.crossfade.v1.Include;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.crossfade.v1.SpaceUse;
import io.crossfade.v1.Value;
import io.crossfade.v1.VectorServiceGrpc;
import io.crossfade.v1.VectorServiceGrpc.VectorServiceBlockingStub;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Reads everything that the serving index of a collection holds, through nothing but the generated stub. */
public final class Inspector {
    private static final long TIMEOUT_SECONDS = 120;
    private static final Include EVERYTHING = Include.newBuilder()
            .setText(true)
            .setMetadata(true)
            .setVectors(true)
            .setStamp(true)
            .build();

    private Inspector() {}

    /**
     * Scans the whole collection.
     *
     * @param name for findings
     * @param serves applications read from this index
     * @param space name of the space it must be in
     * @param stamped every vector must say where it came from
     */
    public static Index read(
            Connection connection, String collection, String name, boolean serves, String space, boolean stamped) {
        VectorServiceBlockingStub stub = VectorServiceGrpc.newBlockingStub(connection.channel())
                .withWaitForReady()
                .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        DescribeCollectionResponse described = stub.describeCollection(
                DescribeCollectionRequest.newBuilder().setCollection(collection).build());
        String fingerprint = described.getSpacesList().stream()
                .filter(use -> use.getSpace().equals(space))
                .map(SpaceUse::getFingerprint)
                .findFirst()
                .orElse("none: space " + space + " is not described");
        Iterator<ScanResponse> pages = stub.scan(ScanRequest.newBuilder()
                .setCollection(collection)
                .setInclude(EVERYTHING)
                .build());
        List<Holding> contents = new ArrayList<>();
        pages.forEachRemaining(page -> page.getDocumentsList().forEach(each -> contents.add(holding(each))));
        return new Index(name, serves, space, fingerprint, stamped, contents);
    }

    private static Holding holding(Document document) {
        List<HeldVector> vectors = document.getVectorsList().stream()
                .map(vector -> new HeldVector(vector.getSpace(), fingerprint(document, vector), values(vector)))
                .toList();
        Entry entry = new Entry(document.getText(), objects(document.getMetadataMap()));
        return new Holding(document.getId(), entry, vectors);
    }

    private static String fingerprint(Document document, NamedVector vector) {
        String provenance = document.getStamp().getProvenanceOrDefault(vector.getField(), "");
        int colon = provenance.indexOf(':');
        return colon < 0 ? provenance : provenance.substring(0, colon);
    }

    private static float[] values(NamedVector vector) {
        float[] values = new float[vector.getDense().getF32Le().size() / Float.BYTES];
        vector.getDense()
                .getF32Le()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    private static Map<String, Object> objects(Map<String, Value> fields) {
        Map<String, Object> objects = new LinkedHashMap<>();
        fields.forEach((key, value) -> objects.put(key, object(value)));
        return objects;
    }

    private static Object object(Value value) {
        return switch (value.getKindCase()) {
            case BOOL_VALUE -> value.getBoolValue();
            case INT64_VALUE -> value.getInt64Value();
            case DOUBLE_VALUE -> value.getDoubleValue();
            case STRING_VALUE -> value.getStringValue();
            case LIST_VALUE ->
                value.getListValue().getValuesList().stream()
                        .map(Inspector::object)
                        .toList();
            case MAP_VALUE -> objects(value.getMapValue().getFieldsMap());
            case NULL_VALUE, KIND_NOT_SET -> "null";
        };
    }
}
