package io.crossfade.proxy.collection;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Filter.And;
import io.crossfade.proxy.model.Filter.Comparison;
import io.crossfade.proxy.model.Filter.IdIn;
import io.crossfade.proxy.model.Filter.Not;
import io.crossfade.proxy.model.Filter.Operator;
import io.crossfade.proxy.model.Filter.Or;
import io.crossfade.proxy.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class AlwaysTrueTest {
    @Test
    void plainConditions_canExclude() {
        assertThat(AlwaysTrue.test(atom(1))).isFalse();
        assertThat(AlwaysTrue.test(new Not(atom(1)))).isFalse();
        assertThat(AlwaysTrue.test(new IdIn(Set.of("a")))).isFalse();
        assertThat(AlwaysTrue.test(new Comparison("k", Operator.EXISTS, List.of())))
                .isFalse();
    }

    @Test
    void tautologies_areFound() {
        assertThat(AlwaysTrue.test(new Or(List.of(atom(1), new Not(atom(1)))))).isTrue();
        assertThat(AlwaysTrue.test(new Not(new And(List.of(atom(1), new Not(atom(1)))))))
                .isTrue();
        assertThat(AlwaysTrue.test(new And(List.of()))).isTrue();
        assertThat(AlwaysTrue.test(new Not(new Or(List.of())))).isTrue();
    }

    @Test
    void aThousandConditions_areDecided() {
        List<Filter> many =
                IntStream.range(0, 1000).mapToObj(AlwaysTrueTest::atom).toList();

        assertThat(AlwaysTrue.test(new And(many))).isFalse();
        assertThat(AlwaysTrue.test(new Or(many))).isFalse();
        assertThat(AlwaysTrue.test(new Not(new Or(many)))).isFalse();
    }

    @RepeatedTest(500)
    void agreesWithTheTruthTable(RepetitionInfo repetition) {
        Filter filter = random(new Random(repetition.getCurrentRepetition()), 4);

        boolean always = IntStream.range(0, 8).allMatch(assignment -> holds(filter, assignment));

        assertThat(AlwaysTrue.test(filter)).as(filter.toString()).isEqualTo(always);
    }

    private static Filter random(Random random, int depth) {
        switch (random.nextInt(depth > 0 ? 4 : 1)) {
            case 1:
                return new Not(random(random, depth - 1));
            case 2:
                return new And(several(random, depth - 1));
            case 3:
                return new Or(several(random, depth - 1));
            default:
                return atom(random.nextInt(3));
        }
    }

    private static List<Filter> several(Random random, int depth) {
        List<Filter> filters = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            filters.add(random(random, depth));
        }
        return filters;
    }

    /** Bit n of the assignment: whether condition n holds. */
    private static boolean holds(Filter filter, int assignment) {
        if (filter instanceof And and) {
            return and.filters().stream().allMatch(each -> holds(each, assignment));
        } else if (filter instanceof Or or) {
            return or.filters().stream().anyMatch(each -> holds(each, assignment));
        } else if (filter instanceof Not not) {
            return !holds(not.filter(), assignment);
        }
        Value.Int64 number = (Value.Int64) ((Comparison) filter).values().get(0);
        return (assignment >> number.value() & 1) == 1;
    }

    private static Filter atom(int number) {
        return new Comparison("k", Operator.EQ, List.of(Value.of(number)));
    }
}
