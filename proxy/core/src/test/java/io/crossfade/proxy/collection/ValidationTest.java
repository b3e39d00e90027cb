package io.crossfade.proxy.collection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crossfade.proxy.collection.CallException.Kind;
import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.Description.Limits;
import io.crossfade.proxy.collection.Description.SpaceUse;
import io.crossfade.proxy.model.Document;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.Value;
import io.crossfade.proxy.model.WriteOp;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only the checks themselves can show; the table of bad input shows the rest, over a server. */
final class ValidationTest {
    private static final Description DESCRIPTION = new Description(
            "products",
            1,
            Phase.MIRRORING,
            "v1",
            List.of(
                    new SpaceUse("v1", "", space("minilm"), true, true, true),
                    new SpaceUse("v1", "title", space("minilm"), true, true, false),
                    new SpaceUse("v2", "", space("bge"), false, false, false)),
            List.of(space("idle")),
            new Limits(1000, 100, 1 << 20, 1 << 18, 512, 32 << 20, 10),
            true,
            EnumSet.allOf(Filter.Operator.class),
            List.of());

    private static Space space(String name) {
        return new Space(name, name, "", 2, Space.Metric.COSINE, false, "", "", 0);
    }

    @Test
    void everyLeadingField_mustBeFed() {
        CallException refusal = refusal(upsert("text", vector("", "minilm")));

        assertThat(refusal.kind()).isEqualTo(Kind.PRECONDITION);
        assertThat(refusal)
                .hasMessage("documents[0]: no vector of space minilm in field title but of minilm (expected: one; there"
                        + " is no embedder for text)");
        check(upsert("text", vector("title", "minilm")));
        check(upsert(null, vector("title", "minilm"), vector("", "minilm")));
    }

    @Test
    void followersAndIdleSpaces_mayBeSentButNeedNot() {
        check(upsert("text", vector("title", "minilm"), vector("", "bge"), vector("", "idle")));
    }

    @Test
    void vectorOfTheFollowerAlone_isAnUpdate() {
        check(new WriteOp.UpdateVectors(Key.of("a"), List.of(vector("", "bge")), null));
    }

    @Test
    void writesOfAnotherCrossfade_areStoredAsTheyStand() {
        Stamp stamp = new Stamp(7, Map.of());

        check(new WriteOp.Upsert(new Document(Key.of("a"), null, List.of(), Map.of(), stamp)));
        check(new WriteOp.UpdateVectors(Key.of("a"), List.of(), stamp));
    }

    @Test
    void invalid_comesBeforePrecondition_andBothInOrder() {
        CallException refusal = refusal(upsert(null), upsert(null, vector("", "other")), upsert(null));

        assertThat(refusal.kind()).isEqualTo(Kind.INVALID);
        assertThat(refusal.violations())
                .extracting(Violation::path)
                .containsExactly("documents[1].vectors[0].space", "documents[1]", "documents[2]");
    }

    @Test
    void aThousandViolations_areCountedInTheMessage() {
        WriteOp[] writes = IntStream.range(0, 1000)
                .mapToObj(i -> new WriteOp.Delete(Key.of("x".repeat(513) + i)))
                .toArray(WriteOp[]::new);

        CallException refusal = refusal(writes);

        assertThat(refusal.violations()).hasSize(1000);
        assertThat(refusal).hasMessageEndingWith("and 990 more");
    }

    @ParameterizedTest
    @CsvSource({"a, 1", "ü, 2", "日, 3", "😀, 4", "aü日😀, 10"})
    void sizes_areThoseOfUtf8(String text, int bytes) {
        assertThat(Utf8.size(text)).isEqualTo(bytes);
        assertThat(Utf8.fits(text, bytes)).isTrue();
        assertThat(Utf8.fits(text, bytes - 1)).isFalse();
    }

    @Test
    void sameIdInTwoNamespaces_isTwoDocuments() {
        check(new WriteOp.Delete(new Key("n", "a")), new WriteOp.Delete(new Key("m", "a")));
    }

    @Test
    void matchedCount_isHeldAgainstLimitAndExpectation() {
        assertThatCode(() -> Validation.checkMatched(10, matching(Optional.empty()), DESCRIPTION))
                .doesNotThrowAnyException();
        assertThatCode(() -> Validation.checkMatched(11, matching(Optional.of(11L)), DESCRIPTION))
                .doesNotThrowAnyException();
        for (Matching wrong : List.of(matching(Optional.empty()), matching(Optional.of(12L)))) {
            CallException refusal =
                    catchThrowableOfType(CallException.class, () -> Validation.checkMatched(11, wrong, DESCRIPTION));
            assertThat(refusal.kind()).isEqualTo(Kind.PRECONDITION);
        }
    }

    private static Matching matching(Optional<Long> expectedCount) {
        return new Matching("", new Filter.Comparison("k", Filter.Operator.EQ, List.of(Value.of(1))), expectedCount);
    }

    private static void check(WriteOp... writes) {
        assertThatCode(() -> Validation.checkWrites(Arrays.asList(writes), "", DESCRIPTION))
                .doesNotThrowAnyException();
    }

    private static CallException refusal(WriteOp... writes) {
        return catchThrowableOfType(
                CallException.class, () -> Validation.checkWrites(Arrays.asList(writes), "", DESCRIPTION));
    }

    private static WriteOp upsert(@org.jspecify.annotations.Nullable String text, NamedVector... vectors) {
        return new WriteOp.Upsert(new Document(Key.of("a"), text, List.of(vectors), Map.of(), null));
    }

    private static NamedVector vector(String field, String space) {
        return new NamedVector(field, space, Embedding.of(1, 2));
    }
}
