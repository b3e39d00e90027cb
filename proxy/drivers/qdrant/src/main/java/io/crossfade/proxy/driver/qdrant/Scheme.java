package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Space;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.CollectionParams;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.Datatype;
import io.qdrant.client.grpc.Collections.Distance;
import io.qdrant.client.grpc.Collections.PayloadSchemaInfo;
import io.qdrant.client.grpc.Collections.PayloadSchemaType;
import io.qdrant.client.grpc.Collections.ShardingMethod;
import io.qdrant.client.grpc.Collections.StrictModeConfig;
import io.qdrant.client.grpc.Collections.VectorParams;
import io.qdrant.client.grpc.Collections.VectorParamsMap;
import io.qdrant.client.grpc.Collections.VectorsConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a collection has to be like to be this index, and what one is found to be like.
 *
 * @param vectorNames the name of each field's vector there
 */
record Scheme(IndexDefinition definition, String collection, Map<String, String> vectorNames) {
    private static final int LEAST_LIMIT = 1000;

    Scheme {
        vectorNames = Map.copyOf(vectorNames);
    }

    /** The field of a vector's name; null if there is none. */
    @Nullable
    String field(String vectorName) {
        for (Map.Entry<String, String> each : vectorNames.entrySet()) {
            if (each.getValue().equals(vectorName)) {
                return each.getKey();
            }
        }
        return null;
    }

    /** What makes such a collection. */
    CreateCollection creation() {
        Map<String, VectorParams> params = new HashMap<>();
        definition
                .vectors()
                .forEach((field, space) -> params.put(
                        name(field),
                        VectorParams.newBuilder()
                                .setSize(space.dimensions())
                                .setDistance(distance(space.metric()))
                                .build()));
        VectorParams single = params.size() == 1 ? params.get("") : null;
        VectorsConfig.Builder vectors = single == null
                ? VectorsConfig.newBuilder()
                        .setParamsMap(VectorParamsMap.newBuilder().putAllMap(params))
                : VectorsConfig.newBuilder().setParams(single);
        return CreateCollection.newBuilder()
                .setCollectionName(collection)
                .setVectorsConfig(vectors)
                .build();
    }

    private String name(String field) {
        return vectorNames.getOrDefault(field, field);
    }

    private static Distance distance(Space.Metric metric) {
        return switch (metric) {
            case COSINE -> Distance.Cosine;
            case DOT -> Distance.Dot;
            case L2 -> Distance.Euclid;
        };
    }

    /** Checks that the collection can be this index. */
    void check(CollectionInfo info) {
        CollectionParams params = info.getConfig().getParams();
        Map<String, VectorParams> there = vectors(params.getVectorsConfig());
        definition.vectors().forEach((field, space) -> check(name(field), space, there.get(name(field))));
        TreeSet<String> extra = new TreeSet<>(there.keySet());
        extra.addAll(params.getSparseVectorsConfig().getMapMap().keySet());
        extra.removeAll(vectorNames.values());
        require(
                extra.isEmpty(),
                "vectors",
                extra,
                "each is a field of the index; writing a document would take away the others");
        require(
                params.getShardingMethod() != ShardingMethod.Custom,
                "sharding_method",
                "custom",
                "auto; with custom shard keys a point has no place of its own");
        require(
                !info.getConfig().getOptimizerConfig().getPreventUnoptimized(),
                "prevent_unoptimized",
                true,
                "false; with it what was written is hidden from reads for a while");
        check(info.getConfig().getStrictModeConfig(), info);
    }

    private static Map<String, VectorParams> vectors(VectorsConfig config) {
        return config.hasParamsMap()
                ? config.getParamsMap().getMapMap()
                : config.hasParams() ? Map.of("", config.getParams()) : Map.of();
    }

    private void check(String name, Space space, @Nullable VectorParams there) {
        String vector = "vector \"" + name + "\"";
        if (there == null) {
            throw mismatch(vector, "missing", "one for space " + space.name());
        }
        require(
                there.getSize() == space.dimensions(),
                vector,
                there.getSize() + " dimensions",
                space.dimensions() + " for space " + space.name());
        require(
                there.getDistance() == distance(space.metric()),
                vector,
                "distance " + there.getDistance(),
                distance(space.metric()) + " for space " + space.name());
        require(!there.hasMultivectorConfig(), vector, "many vectors in one", "a dense vector");
        require(
                there.getDatatype() == Datatype.Default || there.getDatatype() == Datatype.Float32,
                vector,
                "datatype " + there.getDatatype(),
                "Float32; others lose what was written");
    }

    private void check(StrictModeConfig strict, CollectionInfo info) {
        if (!strict.getEnabled()) {
            return;
        }
        require(
                !isOnlyIndexed(info) || info.getPayloadSchemaMap().containsKey(PayloadKeys.NAMESPACE),
                "strict_mode_config.unindexed_filtering_retrieve",
                false,
                "true, or a payload index of keywords on " + PayloadKeys.NAMESPACE + " and " + PayloadKeys.ID);
        require(
                !strict.hasMaxQueryLimit() || strict.getMaxQueryLimit() >= LEAST_LIMIT,
                "strict_mode_config.max_query_limit",
                strict.getMaxQueryLimit(),
                ">= " + LEAST_LIMIT);
        require(
                !strict.hasMaxTimeout(),
                "strict_mode_config.max_timeout",
                strict.getMaxTimeout(),
                "none; each call has a time limit of its own");
    }

    static boolean isOnlyIndexed(CollectionInfo info) {
        StrictModeConfig strict = info.getConfig().getStrictModeConfig();
        return strict.getEnabled() && strict.hasUnindexedFilteringRetrieve() && !strict.getUnindexedFilteringRetrieve();
    }

    private void require(boolean holds, String what, Object value, String expected) {
        if (!holds) {
            throw mismatch(what, value, expected);
        }
    }

    private IndexException mismatch(String what, Object value, String expected) {
        return new IndexException(
                IndexException.Kind.MISMATCH,
                "collection " + collection + ": " + what + ": " + value + " (expected: " + expected + ")");
    }

    /** The payload indexes that there are, by path. */
    static Map<List<String>, FilterWriter.IndexType> indexes(CollectionInfo info) {
        Map<List<String>, FilterWriter.IndexType> indexes = new HashMap<>();
        info.getPayloadSchemaMap().forEach((key, schema) -> {
            JsonPath path = JsonPath.parse(key);
            if (!path.keys().isEmpty()) {
                indexes.put(path.keys(), type(schema));
            }
        });
        return indexes;
    }

    private static FilterWriter.IndexType type(PayloadSchemaInfo schema) {
        PayloadSchemaType type = schema.getDataType();
        return switch (type) {
            case Keyword -> FilterWriter.IndexType.KEYWORD;
            case Integer -> FilterWriter.IndexType.INTEGER;
            case Float -> FilterWriter.IndexType.FLOAT;
            case Bool -> FilterWriter.IndexType.BOOL;
            case Datetime -> FilterWriter.IndexType.DATETIME;
            case Uuid -> FilterWriter.IndexType.UUID;
            case Text -> FilterWriter.IndexType.TEXT;
            case Geo -> FilterWriter.IndexType.GEO;
            case UnknownType, UNRECOGNIZED -> FilterWriter.IndexType.OTHER;
        };
    }
}
