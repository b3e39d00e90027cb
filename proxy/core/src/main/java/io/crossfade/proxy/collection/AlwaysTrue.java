package io.crossfade.proxy.collection;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.model.Filter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Tells whether a filter lets every document through, as far as its form shows. Comparisons and id lists are taken as
 * independent of each other: each can be true or false of some document, since a missing key matches no comparison. So
 * {@code x OR NOT x} is found, and so is any other tautology of AND, OR and NOT; what only arithmetic knows, such as
 * {@code price < 10 OR price >= 10 OR NOT EXISTS price}, is not, and is left to the limit on matched documents.
 *
 * <p>Looks for one assignment that makes the filter false: branches on the first condition that still matters, false
 * first, which ends at once for nearly every real filter. The search is bounded; a filter too intricate for it counts
 * as always true, and so is refused.
 */
final class AlwaysTrue {
    private static final int MOST_STEPS = 2000;

    private static final Conditions CONDITIONS = new Conditions();

    private final Filter filter;
    private final Map<Filter, Integer> numbers = new IdentityHashMap<>();
    private final Evaluation evaluation = new Evaluation();
    private final Truth[] assumed;
    private int firstUndecided;
    private int steps;

    private AlwaysTrue(Filter filter) {
        this.filter = filter;
        Map<Filter, Integer> distinct = new HashMap<>();
        filter.match(CONDITIONS)
                .forEach(condition ->
                        numbers.put(condition, distinct.computeIfAbsent(condition, unnumbered -> distinct.size())));
        assumed = new Truth[distinct.size()];
        Arrays.fill(assumed, Truth.OPEN);
    }

    /** What a filter is under assumptions; open if it depends on a condition of which nothing is assumed yet. */
    private enum Truth {
        FALSE,
        TRUE,
        OPEN;

        Truth negated() {
            return switch (this) {
                case FALSE -> TRUE;
                case TRUE -> FALSE;
                case OPEN -> OPEN;
            };
        }
    }

    static boolean test(Filter filter) {
        return !new AlwaysTrue(filter).canBeFalse();
    }

    /** The conditions of a filter, in their order. */
    private static final class Conditions implements Filter.Cases<Stream<Filter>> {
        @Override
        public Stream<Filter> and(Filter.And and) {
            return and.filters().stream().flatMap(operand -> operand.match(this));
        }

        @Override
        public Stream<Filter> or(Filter.Or or) {
            return or.filters().stream().flatMap(operand -> operand.match(this));
        }

        @Override
        public Stream<Filter> not(Filter.Not not) {
            return not.filter().match(this);
        }

        @Override
        public Stream<Filter> idIn(Filter.IdIn in) {
            return Stream.of(in);
        }

        @Override
        public Stream<Filter> comparison(Filter.Comparison comparison) {
            return Stream.of(comparison);
        }
    }

    private boolean canBeFalse() {
        if (++steps > MOST_STEPS) {
            return false;
        }
        firstUndecided = -1;
        Truth truth = filter.match(evaluation);
        if (truth != Truth.OPEN) {
            return truth == Truth.FALSE;
        }
        int condition = firstUndecided;
        for (Truth assumption : List.of(Truth.FALSE, Truth.TRUE)) {
            assumed[condition] = assumption;
            if (canBeFalse()) {
                return true;
            }
        }
        assumed[condition] = Truth.OPEN;
        return false;
    }

    /** What a filter is under the present assumptions. */
    private final class Evaluation implements Filter.Cases<Truth> {
        @Override
        public Truth and(Filter.And and) {
            return all(and.filters(), Truth.FALSE);
        }

        @Override
        public Truth or(Filter.Or or) {
            return all(or.filters(), Truth.TRUE);
        }

        @Override
        public Truth not(Filter.Not not) {
            return not.filter().match(this).negated();
        }

        @Override
        public Truth idIn(Filter.IdIn in) {
            return assumed(in);
        }

        @Override
        public Truth comparison(Filter.Comparison comparison) {
            return assumed(comparison);
        }

        /**
         * @param decisive the value that settles the whole when one operand has it
         */
        private Truth all(List<Filter> operands, Truth decisive) {
            boolean open = false;
            for (Filter operand : operands) {
                Truth truth = operand.match(this);
                if (truth == decisive) {
                    return decisive;
                }
                open |= truth == Truth.OPEN;
            }
            return open ? Truth.OPEN : decisive.negated();
        }
    }

    private Truth assumed(Filter condition) {
        int number = requireNonNull(numbers.get(condition));
        if (assumed[number] == Truth.OPEN && firstUndecided < 0) {
            firstUndecided = number;
        }
        return assumed[number];
    }
}
