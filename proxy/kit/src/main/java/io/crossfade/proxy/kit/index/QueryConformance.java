package io.crossfade.proxy.kit.index;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.index.VectorQuery;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.FilterEvaluator;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of nearest documents and filters, and that both see every acked write at once. */
public abstract class QueryConformance extends WriteConformance {
    private static final double NEAR = 1e-5;
    private static final int FILTERS = 600;
    private static final int MOST_REFUSED = 200;

    @ParameterizedTest
    @EnumSource(Space.Metric.class)
    void query_ranksAndScoresByTheFormulaOfTheMetric(Space.Metric metric) {
        Space space = space("metric", DIMENSIONS, metric);
        VectorIndex other = open(definition("metric-" + metric.name().toLowerCase(Locale.ROOT), Map.of("", space)));
        Random random = new Random(7);
        List<StoredDocument> documents = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            documents.add(document("id" + i, Map.of(), scaled(vector(random, DIMENSIONS), 0.1f + i)));
        }
        other.write(documents.stream().<IndexWrite>map(IndexWrite.Put::new).toList(), TIMEOUT)
                .join();
        Embedding asked = scaled(vector(random, DIMENSIONS), 3);

        List<Hit> hits = other.query(nearest(asked, 10), TIMEOUT).join();
        other.close();

        List<Double> expected = documents.stream()
                .map(document ->
                        space.score(asked, requireNonNull(document.vectors().get(""))))
                .sorted(Comparator.reverseOrder())
                .limit(10)
                .toList();
        assertThat(hits).hasSize(10);
        for (int i = 0; i < 10; i++) {
            assertThat(hits.get(i).score())
                    .isCloseTo(expected.get(i), within(NEAR * Math.max(1, Math.abs(expected.get(i)))));
        }
    }

    @Test
    void query_offsetSkipsTheNearest() {
        putMany(40);
        List<String> all = ids(query(nearest(vector(99), 12)));

        assertThat(ids(query(nearest("", vector(99), 7, 5, null, Double.NEGATIVE_INFINITY))))
                .isEqualTo(all.subList(5, 12));
        assertThat(query(nearest("", vector(99), 7, 40, null, Double.NEGATIVE_INFINITY)))
                .isEmpty();
    }

    @Test
    void query_withASettingThatTheEngineDoesNotKnow_isRefusedByName() {
        putMany(3);
        VectorQuery asked = new VectorQuery(
                "", "", vector(1), 1, 0, null, -1e9, Projection.ALL, Map.of("no_such_setting", Value.of(1)));
        assertThatThrownBy(() -> index.query(asked, TIMEOUT).join())
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(IndexException.Kind.INVALID))
                .hasMessageContaining("params.no_such_setting: unknown");
    }

    @Test
    void query_minScoreLeavesOutWhatIsFarther() {
        putMany(40);
        List<Hit> all = query(nearest(vector(99), 40));
        double bound = (all.get(9).score() + all.get(10).score()) / 2;

        assertThat(ids(query(nearest("", vector(99), 40, 0, null, bound)))).isEqualTo(ids(all.subList(0, 10)));
    }

    @Test
    void query_staysInItsNamespace() {
        for (int i = 0; i < 30; i++) {
            put(document(new Key(i % 3 == 0 ? "a" : "b", "id" + i), Map.of(), vector(i)));
        }

        assertThat(query(nearest("a", vector(99), 30, 0, null, Double.NEGATIVE_INFINITY)))
                .hasSize(10)
                .allSatisfy(hit -> assertThat(hit.document().key().namespace()).isEqualTo("a"));
        assertThat(query(nearest(vector(99), 30))).isEmpty();
    }

    @Test
    void query_ofAnotherFieldUsesThatField() {
        put(new StoredDocument(Key.of("near"), Stamp.NONE, null, Map.of(), Map.of("title", Embedding.of(1, 1, 1, 1))));
        put(new StoredDocument(
                Key.of("far"), Stamp.NONE, null, Map.of(), Map.of("title", Embedding.of(5, 5, 5, 5), "", vector(1))));

        List<Hit> hits = query(
                new VectorQuery("", "title", Embedding.of(0, 0, 0, 0), 5, 0, null, -1e9, Projection.ALL, Map.of()));

        assertThat(ids(hits)).containsExactly("near", "far");
        assertThat(hits.get(0).score()).isCloseTo(-2, within(NEAR));
        assertThat(hits.get(0).document()).isEqualTo(fetch("near"));
        assertThat(ids(query(nearest(vector(1), 5)))).containsExactly("far");
    }

    @Test
    void query_ofAWrongDimensionOrField_isInvalid() {
        assertThatThrownBy(() -> query(nearest(Embedding.of(1, 2), 5)))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.INVALID));
    }

    @Test
    void query_zeroVectorScoresZeroByCosine() {
        put(document("zero", Map.of(), Embedding.of(new float[DIMENSIONS])), document("one", Map.of(), vector(1)));

        List<Hit> hits = query(nearest(vector(1), 5));
        assertThat(ids(hits)).containsExactly("one", "zero");
        assertThat(hits.get(1).score()).isZero();
    }

    @Test
    void filters_meanWhatTheEvaluatorSays() {
        RandomFilters random = new RandomFilters(20261121);
        List<StoredDocument> documents = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            documents.add(document("id" + i, random.metadata(isNulAsked()), vector(i)));
        }
        put(documents.toArray(StoredDocument[]::new));
        EnumSet<Filter.Operator> unanswered = EnumSet.allOf(Filter.Operator.class);
        unanswered.removeAll(index.capabilities().filterOperators());
        if (!unanswered.isEmpty()) {
            excused(
                    "filterOperators: without " + unanswered,
                    "the comparisons that it answers; the sidecar refuses the others before they reach it");
        }

        for (int i = 0; i < FILTERS; i++) {
            Filter filter = answered(random);
            List<String> expected = documents.stream()
                    .filter(document -> FilterEvaluator.matches(filter, document.key(), document.metadata()))
                    .map(document -> document.key().id())
                    .sorted()
                    .toList();
            assertThat(count(filter)).as("%s", filter).isEqualTo(expected.size());
            assertThat(ids(query(nearest("", vector(5), 250, 0, filter, -2))).stream()
                            .sorted())
                    .as("%s", filter)
                    .isEqualTo(expected);
            if (i % 10 == 0) {
                assertThat(scanned(filter)).as("%s", filter).isEqualTo(expected);
            }
        }
    }

    /** The next filter that the index says it answers; it refuses the others, and says the same of them then. */
    private Filter answered(RandomFilters random) {
        for (int refused = 0; refused < MOST_REFUSED; refused++) {
            Filter filter = random.filter(index.capabilities().filterOperators());
            String refusal = index.capabilities().filters().refusal(filter).orElse("");
            if (refusal.isEmpty()) {
                return filter;
            }
            excused(
                    "filters: some are refused",
                    "each that is refused is INVALID, with the reason that was stated before");
            assertThatThrownBy(() -> count(filter)).cause().isInstanceOfSatisfying(IndexException.class, e -> {
                assertThat(e.kind()).isEqualTo(IndexException.Kind.INVALID);
                assertThat(e).hasMessageContaining(refusal);
            });
        }
        throw new AssertionError("filters: " + MOST_REFUSED + " refused, one after the other (expected: not all)");
    }

    private List<String> scanned(Filter filter) {
        return Scans.all(index, null, filter, 100).stream()
                .map(document -> document.key().id())
                .sorted()
                .toList();
    }

    @Test
    void query_withASelectiveFilterFindsTheNearestThatMatch() {
        putMany(300);
        Filter filter = equal("seventh", Value.of(true));

        List<String> expected = ids(query(nearest(vector(99), 300))).stream()
                .filter(id -> Integer.parseInt(id.substring(2)) % 7 == 0)
                .limit(5)
                .toList();
        assertThat(ids(query(nearest("", vector(99), 5, 0, filter, -2)))).isEqualTo(expected);
    }

    @Test
    void everyRead_seesEachAckedWriteAtOnce() {
        Random random = new Random(11);
        for (int i = 0; i < 300; i++) {
            String id = "id" + random.nextInt(20);
            Embedding vector = vector(i);
            put(document(id, Map.of("round", Value.of(i)), vector));
            expectFound(id, "round", Value.of(i), vector);

            MetadataPatch patch = MetadataPatch.set(Map.of("patched", Value.of(i)));
            write(new IndexWrite.PatchMetadata(Key.of(id), i, patch));
            expectFound(id, "patched", Value.of(i), vector);

            Embedding other = vector(1000L + i);
            write(new IndexWrite.PatchVectors(Key.of(id), new Stamp(i, Map.of()), Map.of("", other)));
            expectFound(id, "patched", Value.of(i), other);

            if (i % 3 == 0) {
                remove(id);
                expectGone(id, "patched", Value.of(i), other);
            }
        }
    }

    private void expectFound(String id, String key, Value value, Embedding vector) {
        assertThat(count(equal(key, value))).isEqualTo(1);
        assertThat(query(nearest(vector, 1))).singleElement().satisfies(hit -> {
            assertThat(hit.document().key().id()).isEqualTo(id);
            assertThat(hit.score()).isCloseTo(1, within(NEAR));
        });
        assertThat(ids(query(nearest("", vector, 5, 0, equal(key, value), -2)))).containsExactly(id);
        assertThat(Scans.all(index, "", equal(key, value), 10)).hasSize(1);
    }

    private void expectGone(String id, String key, Value value, Embedding vector) {
        assertThat(fetch(id)).isNull();
        assertThat(count(equal(key, value))).isZero();
        assertThat(ids(query(nearest(vector, 50)))).doesNotContain(id);
        assertThat(Scans.all(index, "", equal(key, value), 10)).isEmpty();
    }

    private void putMany(int count) {
        List<StoredDocument> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            documents.add(document("id" + i, Map.of("seventh", Value.of(i % 7 == 0)), vector(i)));
        }
        put(documents.toArray(StoredDocument[]::new));
    }
}
