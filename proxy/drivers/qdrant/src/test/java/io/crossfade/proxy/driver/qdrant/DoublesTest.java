package io.crossfade.proxy.driver.qdrant;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DoublesTest {
    private static final double LONG = 0.1 + 0.2;

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.0, 1, -0.1, 19.99, 1e14, 123456.789, 1e-22, 999999999999.999})
    void fewDigits_areKeptByTheEngine(double number) {
        assertThat(Doubles.exact(Value.of(number))).isNull();
    }

    @ParameterizedTest
    @ValueSource(doubles = {LONG, Double.MAX_VALUE, Double.MIN_VALUE, 1e-23, 0x1p53, 0x1p63, -1.0 / 7})
    void manyDigits_areKeptBesideTheValue(double number) {
        String exact = Doubles.exact(Value.of(number));

        assertThat(exact).hasSize(16);
        assertThat(Doubles.restore(Value.of(Math.nextUp(number)), String.valueOf(exact)))
                .isEqualTo(number == Double.MAX_VALUE ? Value.of(Double.POSITIVE_INFINITY) : Value.of(number));
    }

    @Test
    void doublesInAValue_areRestoredEachInItsPlace() {
        Value value = value(LONG, 2.0, 1.0 / 7, 5);
        String exact = String.valueOf(Doubles.exact(value));

        assertThat(exact).hasSize(3 * 16);
        assertThat(Doubles.restore(value(Math.nextDown(LONG), 2.0, Math.nextUp(1.0 / 7), 5), exact))
                .isEqualTo(value);
        assertThat(Doubles.restore(value, exact)).isEqualTo(value);
    }

    @Test
    void aValueThatSomebodyElseChanged_standsAsItIs() {
        String exact = String.valueOf(Doubles.exact(value(LONG, 2.0, 1.0 / 7, 5)));

        for (Value changed :
                List.of(value(LONG, 2.5, 1.0 / 7, 5), value(0.31, 2.0, 1.0 / 7, 5), Value.of("a"), Value.of(1.5))) {
            assertThat(Doubles.restore(changed, exact)).isEqualTo(changed);
        }
        assertThat(Doubles.restore(Value.of(LONG), "no digits at all")).isEqualTo(Value.of(LONG));
        assertThat(Doubles.restore(value(LONG, 2.0, 1.0 / 7, 6), exact)).isEqualTo(value(LONG, 2.0, 1.0 / 7, 6));
    }

    private static Value value(double b, double c, double a, long n) {
        return new Value.Items(List.of(
                Value.of("x"),
                new Value.Fields(Map.of("b", Value.of(b), "a", Value.of(a), "n", Value.of(n))),
                Value.of(c)));
    }
}
