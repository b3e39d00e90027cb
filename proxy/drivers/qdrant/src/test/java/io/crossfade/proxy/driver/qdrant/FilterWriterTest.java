package io.crossfade.proxy.driver.qdrant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.driver.qdrant.FilterWriter.IndexType;
import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.kit.index.IndexFixture;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Filter.Operator;
import io.crossfade.proxy.model.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is refused, and in which words; that what is answered is answered right, the tests against an engine show. */
final class FilterWriterTest {
    private final PayloadKeys keys = new PayloadKeys("page_content");

    private String refusal(IndexType index, Operator operator, Value... operands) {
        Filter comparison = IndexFixture.compare("a", operator, operands);
        return new FilterWriter(keys, Map.of(List.of("a"), index), false)
                .refusal(new Filter.Not(new Filter.And(List.of(comparison))))
                .orElse("");
    }

    @Test
    void numbers_areComparedBelow2To53() {
        for (Operator operator : List.of(Operator.EQ, Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)) {
            for (Value able : List.of(
                    Value.of(0),
                    Value.of(-0.0),
                    Value.of((1L << 53) - 1),
                    Value.of(1 - (1L << 53)),
                    Value.of(0.5),
                    Value.of(19.99))) {
                assertThat(refusal(IndexType.NONE, operator, able)).isEmpty();
            }
            for (Value unable : List.of(
                    Value.of(1L << 53),
                    Value.of(Long.MIN_VALUE),
                    Value.of(0x1p63),
                    Value.of(0.1 + 0.2),
                    Value.of(Double.NaN),
                    Value.of(Double.POSITIVE_INFINITY))) {
                assertThat(refusal(IndexType.NONE, operator, unable))
                        .isEqualTo(
                                operator + " of " + unable
                                        + " (expected: a number below 2^53 with at most 15 digits; the engine compares doubles)");
            }
        }
    }

    @Test
    void wholeNumbersBeyond2To53_areEqualToNoDouble_unlessTheyAreOne() {
        assertThat(refusal(IndexType.NONE, Operator.EQ, Value.of((1L << 53) + 1)))
                .isEmpty();
        assertThat(refusal(IndexType.NONE, Operator.EQ, Value.of(Long.MAX_VALUE)))
                .isEmpty();
        assertThat(refusal(IndexType.NONE, Operator.GT, Value.of((1L << 53) + 1)))
                .contains("below 2^53");
    }

    @Test
    void whatTheEngineMeansOtherwise_isRefusedByName() {
        assertThat(refusal(IndexType.NONE, Operator.EXISTS)).startsWith("EXISTS (expected: another operator");
        assertThat(refusal(IndexType.NONE, Operator.GT, Value.of("a"))).startsWith("GT of a text (expected: a number");
        assertThat(refusal(IndexType.NONE, Operator.NE, Value.of("a")))
                .startsWith("NE of a (expected: a payload index of keywords on it, or NOT of EQ");
        assertThat(refusal(IndexType.KEYWORD, Operator.NE, Value.of("a"))).isEmpty();
        assertThat(refusal(IndexType.KEYWORD, Operator.NOT_IN, Value.of("a"), Value.of(1)))
                .contains("(expected: texts)");
    }

    @Test
    void anIndexOfAnotherType_isToldOf() {
        assertThat(refusal(IndexType.DATETIME, Operator.EQ, Value.of(1)))
                .isEqualTo(
                        "a number for a (expected: no payload index of type DATETIME on it, which answers by its own values"
                                + " only)");
        for (IndexType type :
                List.of(IndexType.INTEGER, IndexType.FLOAT, IndexType.DATETIME, IndexType.UUID, IndexType.OTHER)) {
            assertThat(refusal(type, Operator.EQ, Value.of("a"))).startsWith("a text for a");
        }
        assertThat(refusal(IndexType.INTEGER, Operator.EQ, Value.of(true))).startsWith("a bool for a");
        assertThat(refusal(IndexType.INTEGER, Operator.EQ, Value.of(0.5)))
                .startsWith("a = 0.5 (expected: a whole number");
    }

    @Test
    void keysThatCannotBeWritten_areRefused() {
        FilterWriter writer = new FilterWriter(keys, Map.of(), false);
        for (String key : List.of("say \"a\"", "a\\b", "a.b\"")) {
            assertThat(writer.refusal(IndexFixture.equal(key, Value.of(1))).orElse(""))
                    .contains("(expected: a key without \" and \\");
        }
        assertThat(writer.refusal(IndexFixture.equal("a b.[0].é", Value.of(1)))).isEmpty();
    }

    @Test
    void strictMode_letsIndexedKeysThrough() {
        FilterWriter writer = new FilterWriter(keys, Map.of(List.of("a"), IndexType.KEYWORD), true);

        assertThat(writer.refusal(IndexFixture.equal("a", Value.of("x")))).isEmpty();
        assertThat(writer.refusal(IndexFixture.equal("b", Value.of("x"))).orElse(""))
                .isEqualTo("b (expected: a key with a payload index, as the collection's strict mode has it)");
    }

    @Test
    void write_failsWithTheRefusal() {
        FilterWriter writer = new FilterWriter(keys, Map.of(), false);

        assertThatThrownBy(() -> writer.write(IndexFixture.compare("a", Operator.EXISTS)))
                .isInstanceOfSatisfying(
                        IndexException.class, e -> assertThat(e.kind()).isEqualTo(IndexException.Kind.INVALID))
                .hasMessageStartingWith("filter: EXISTS (expected:");
    }
}
