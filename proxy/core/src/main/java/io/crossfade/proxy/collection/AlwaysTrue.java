package io.crossfade.proxy.collection;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.model.Filter;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

    private final Filter filter;
    private final Map<Filter, Integer> numbers = new IdentityHashMap<>();
    private final @Nullable Boolean[] assumed;
    private int firstUndecided;
    private int steps;

    private AlwaysTrue(Filter filter) {
        this.filter = filter;
        Map<Filter, Integer> distinct = new HashMap<>();
        number(filter, distinct);
        assumed = new Boolean[distinct.size()];
    }

    static boolean test(Filter filter) {
        return !new AlwaysTrue(filter).canBeFalse();
    }

    /** Numbers the conditions; equal ones get the same number. */
    private void number(Filter part, Map<Filter, Integer> distinct) {
        if (part instanceof Filter.And and) {
            and.filters().forEach(operand -> number(operand, distinct));
        } else if (part instanceof Filter.Or or) {
            or.filters().forEach(operand -> number(operand, distinct));
        } else if (part instanceof Filter.Not not) {
            number(not.filter(), distinct);
        } else {
            numbers.put(part, distinct.computeIfAbsent(part, condition -> distinct.size()));
        }
    }

    private boolean canBeFalse() {
        if (++steps > MOST_STEPS) {
            return false;
        }
        firstUndecided = -1;
        Boolean value = evaluate(filter);
        if (value != null) {
            return !value;
        }
        int condition = firstUndecided;
        for (boolean assumption : new boolean[] {false, true}) {
            assumed[condition] = assumption;
            if (canBeFalse()) {
                return true;
            }
        }
        assumed[condition] = null;
        return false;
    }

    /** The value under the present assumptions; null if it depends on a condition of which nothing is assumed yet. */
    private @Nullable Boolean evaluate(Filter part) {
        if (part instanceof Filter.And and) {
            return evaluate(and.filters(), false);
        } else if (part instanceof Filter.Or or) {
            return evaluate(or.filters(), true);
        } else if (part instanceof Filter.Not not) {
            Boolean operand = evaluate(not.filter());
            return operand == null ? null : !operand;
        }
        int number = requireNonNull(numbers.get(part));
        Boolean value = assumed[number];
        if (value == null && firstUndecided < 0) {
            firstUndecided = number;
        }
        return value;
    }

    /**
     * @param decisive the value that settles the whole when one operand has it
     */
    private @Nullable Boolean evaluate(List<Filter> operands, boolean decisive) {
        boolean open = false;
        for (Filter operand : operands) {
            Boolean value = evaluate(operand);
            if (value == null) {
                open = true;
            } else if (value == decisive) {
                return decisive;
            }
        }
        return open ? null : !decisive;
    }
}
