package io.crossfade.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Filter;
import io.crossfade.v1.Comparison;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OperatorsTest {
    @Test
    void everyOperator_survivesTheWayThereAndBack() {
        for (Filter.Operator operator : Filter.Operator.values()) {
            Comparison.Operator written = Operators.write(operator);

            assertThat(ShortNames.of(written)).isEqualTo(operator.name());
            assertThat(Operators.read(written)).contains(operator);
        }
    }

    @Test
    void everyOperatorOfTheApi_isRead() {
        assertThat(Arrays.stream(Comparison.Operator.values())
                        .map(Operators::read)
                        .flatMap(Optional::stream))
                .containsExactlyInAnyOrderElementsOf(EnumSet.allOf(Filter.Operator.class));
    }

    @Test
    void unspecifiedAndUnknownOperators_areNone() {
        assertThat(Operators.read(Comparison.Operator.OPERATOR_UNSPECIFIED)).isEmpty();
        assertThat(Operators.read(Comparison.Operator.UNRECOGNIZED)).isEmpty();
    }
}
