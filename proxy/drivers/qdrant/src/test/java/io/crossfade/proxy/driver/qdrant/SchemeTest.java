package io.crossfade.proxy.driver.qdrant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.qdrant.client.grpc.Collections.CollectionConfig;
import io.qdrant.client.grpc.Collections.CollectionInfo;
import io.qdrant.client.grpc.Collections.CollectionParams;
import io.qdrant.client.grpc.Collections.CreateCollection;
import io.qdrant.client.grpc.Collections.Datatype;
import io.qdrant.client.grpc.Collections.Distance;
import io.qdrant.client.grpc.Collections.MultiVectorConfig;
import io.qdrant.client.grpc.Collections.OptimizersConfigDiff;
import io.qdrant.client.grpc.Collections.PayloadSchemaInfo;
import io.qdrant.client.grpc.Collections.PayloadSchemaType;
import io.qdrant.client.grpc.Collections.ShardingMethod;
import io.qdrant.client.grpc.Collections.SparseVectorConfig;
import io.qdrant.client.grpc.Collections.SparseVectorParams;
import io.qdrant.client.grpc.Collections.StrictModeConfig;
import io.qdrant.client.grpc.Collections.VectorParams;
import io.qdrant.client.grpc.Collections.VectorParamsMap;
import io.qdrant.client.grpc.Collections.VectorsConfig;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class SchemeTest {
    private static final Scheme SCHEME = new Scheme(IndexFixture.DEFINITION, "words", Map.of("", "", "title", "title"));
    private static final VectorParams COSINE =
            VectorParams.newBuilder().setSize(8).setDistance(Distance.Cosine).build();
    private static final VectorParams EUCLID =
            VectorParams.newBuilder().setSize(4).setDistance(Distance.Euclid).build();

    static CollectionParams params() {
        return params(Map.of("", COSINE, "title", EUCLID));
    }

    private static CollectionParams params(Map<String, VectorParams> vectors) {
        return CollectionParams.newBuilder()
                .setVectorsConfig(VectorsConfig.newBuilder()
                        .setParamsMap(VectorParamsMap.newBuilder().putAllMap(vectors)))
                .build();
    }

    private static void refused(CollectionConfig.Builder config, String... parts) {
        CollectionInfo info = CollectionInfo.newBuilder().setConfig(config).build();
        assertThatThrownBy(() -> SCHEME.check(info))
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.MISMATCH))
                .hasMessageStartingWith("collection words: ")
                .hasMessageContainingAll(parts);
    }

    private static CollectionConfig.Builder with(UnaryOperator<CollectionParams.Builder> change) {
        return CollectionConfig.newBuilder().setParams(change.apply(params().toBuilder()));
    }

    private static CollectionConfig.Builder vectors(Map<String, VectorParams> vectors) {
        return CollectionConfig.newBuilder().setParams(params(vectors));
    }

    @Test
    void aCollectionThatItMadeItself_isTaken() {
        CreateCollection made = SCHEME.creation();
        CollectionParams params = CollectionParams.newBuilder()
                .setVectorsConfig(made.getVectorsConfig())
                .build();

        SCHEME.check(CollectionInfo.newBuilder()
                .setConfig(CollectionConfig.newBuilder().setParams(params))
                .build());
        assertThat(params.getVectorsConfig()).isEqualTo(params().getVectorsConfig());
    }

    @Test
    void vectorsThatAreOthers_areNamed() {
        refused(vectors(Map.of("", COSINE)), "vector \"title\": missing (expected: one for space title)");
        refused(
                vectors(Map.of("", COSINE.toBuilder().setSize(12).build(), "title", EUCLID)),
                "vector \"\": 12 dimensions (expected: 8 for space cosine)");
        refused(
                vectors(Map.of("", COSINE.toBuilder().setDistance(Distance.Dot).build(), "title", EUCLID)),
                "vector \"\": distance Dot (expected: Cosine for space cosine)");
        refused(
                vectors(Map.of(
                        "", COSINE.toBuilder().setDatatype(Datatype.Float16).build(), "title", EUCLID)),
                "vector \"\": datatype Float16 (expected: Float32");
        refused(
                vectors(Map.of(
                        "",
                        COSINE.toBuilder()
                                .setMultivectorConfig(MultiVectorConfig.getDefaultInstance())
                                .build(),
                        "title",
                        EUCLID)),
                "vector \"\": many vectors in one (expected: a dense vector)");
    }

    @Test
    void vectorsThatAWriteWouldTakeAway_areNamed() {
        refused(
                vectors(Map.of("", COSINE, "title", EUCLID, "image", EUCLID, "audio", EUCLID)),
                "vectors: [audio, image] (expected: each is a field of the index");
        refused(
                with(params -> params.setSparseVectorsConfig(
                        SparseVectorConfig.newBuilder().putMap("bm25", SparseVectorParams.getDefaultInstance()))),
                "vectors: [bm25]");
    }

    @Test
    void settingsThatBreakAPromise_areNamed() {
        refused(
                with(params -> params.setShardingMethod(ShardingMethod.Custom)),
                "sharding_method: custom (expected: auto");
        refused(
                with(params -> params)
                        .setOptimizerConfig(OptimizersConfigDiff.newBuilder().setPreventUnoptimized(true)),
                "prevent_unoptimized: true (expected: false");
        refused(
                strict(StrictModeConfig.newBuilder().setMaxQueryLimit(100)),
                "strict_mode_config.max_query_limit: 100 (expected: >= 1000)");
        refused(
                strict(StrictModeConfig.newBuilder().setMaxTimeout(5)),
                "strict_mode_config.max_timeout: 5 (expected: none");
        refused(
                strict(StrictModeConfig.newBuilder().setUnindexedFilteringRetrieve(false)),
                "strict_mode_config.unindexed_filtering_retrieve: false (expected: true, or a payload index",
                "_cf_ns");
    }

    private static CollectionConfig.Builder strict(StrictModeConfig.Builder strict) {
        return with(params -> params).setStrictModeConfig(strict.setEnabled(true));
    }

    @Test
    void strictMode_thatIsOff_orHasOurIndexes_isTaken() {
        StrictModeConfig.Builder strict = StrictModeConfig.newBuilder().setUnindexedFilteringRetrieve(false);
        SCHEME.check(CollectionInfo.newBuilder()
                .setConfig(with(params -> params).setStrictModeConfig(strict.setEnabled(false)))
                .build());
        PayloadSchemaInfo keyword = PayloadSchemaInfo.newBuilder()
                .setDataType(PayloadSchemaType.Keyword)
                .build();
        CollectionInfo indexed = CollectionInfo.newBuilder()
                .setConfig(strict(strict))
                .putPayloadSchema("_cf_ns", keyword)
                .putPayloadSchema("__id__", keyword)
                .putPayloadSchema("metadata.source", keyword)
                .putPayloadSchema("tags[].name", keyword)
                .build();

        SCHEME.check(indexed);
        assertThat(Scheme.isOnlyIndexed(indexed)).isTrue();
        assertThat(Scheme.indexes(indexed).keySet())
                .containsExactlyInAnyOrder(List.of("_cf_ns"), List.of("__id__"), List.of("metadata", "source"));
    }

    @Test
    void oneVectorWithoutAName_isMadeAsSuch() {
        Scheme single =
                new Scheme(IndexFixture.definition("one", Map.of("", IndexFixture.COSINE)), "one", Map.of("", ""));
        assertThat(single.creation().getVectorsConfig().getParams()).isEqualTo(COSINE);

        Scheme named =
                new Scheme(IndexFixture.definition("one", Map.of("", IndexFixture.COSINE)), "one", Map.of("", "body"));
        assertThat(named.creation().getVectorsConfig().getParamsMap().getMapMap())
                .isEqualTo(Map.of("body", COSINE));
    }

    @Test
    void versionsBefore116_areRefused() {
        CollectionSettings.checkVersion("1.16.0");
        CollectionSettings.checkVersion("1.19.0-dev");
        CollectionSettings.checkVersion("2.0.1");
        for (String version : List.of("1.15.9", "0.99.0", "", "unknown")) {
            assertThatThrownBy(() -> CollectionSettings.checkVersion(version))
                    .hasMessage("server: version " + version + " (expected: 1.16 or newer)");
        }
    }
}
