package io.crossfade.proxy.kit.index;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Value;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of a filter by the proto file, once more and as plainly as can be: it shares no code with the product,
 * and is not made to be fast.
 */
public final class PlainFilter {
    private PlainFilter() {}

    public static boolean matches(Filter filter, Key key, Map<String, Value> metadata) {
        return filter.match(new Filter.Cases<Boolean>() {
            @Override
            public Boolean comparison(Filter.Comparison comparison) {
                Value value = at(comparison.key(), metadata);
                return value != null && holds(comparison, value);
            }

            @Override
            public Boolean idIn(Filter.IdIn in) {
                return in.ids().contains(key.id());
            }

            @Override
            public Boolean not(Filter.Not not) {
                return !matches(not.filter(), key, metadata);
            }

            @Override
            public Boolean and(Filter.And and) {
                return and.filters().stream()
                                .filter(each -> !matches(each, key, metadata))
                                .count()
                        == 0;
            }

            @Override
            public Boolean or(Filter.Or or) {
                return or.filters().stream()
                                .filter(each -> matches(each, key, metadata))
                                .count()
                        > 0;
            }
        });
    }

    /** The value under the whole rest as a key, else under the shortest key that a dot ends and that holds a map. */
    private static @Nullable Value at(String key, Map<String, Value> fields) {
        if (fields.containsKey(key) || !key.contains(".")) {
            return fields.get(key);
        }
        String[] parts = key.split("\\.", 2);
        return fields.get(parts[0]) instanceof Value.Fields inner ? at(parts[1], inner.values()) : null;
    }

    private static boolean holds(Filter.Comparison comparison, Value value) {
        if (comparison.operator() == Filter.Operator.EXISTS) {
            return true;
        }
        List<Value> elements = value instanceof Value.Items items ? items.values() : List.of(value);
        return elements.stream().anyMatch(element -> element(comparison, element));
    }

    private static boolean element(Filter.Comparison comparison, Value element) {
        List<Integer> orders = comparison.values().stream()
                .map(operand -> order(element, operand))
                .toList();
        boolean equal = orders.contains(0);
        int order = orders.get(0);
        return switch (comparison.operator()) {
            case EQ, IN, CONTAINS_ANY -> equal;
            case NE, NOT_IN -> !equal && isScalar(element);
            case GT -> order == 1;
            case GTE -> order == 1 || equal;
            case LT -> order == -1;
            case LTE -> order == -1 || equal;
            case EXISTS -> true;
        };
    }

    private static boolean isScalar(Value value) {
        return switch (value.kind()) {
            case NULL, ITEMS, FIELDS -> false;
            case BOOL, INT64, FLOAT64, TEXT -> true;
        };
    }

    /** The order of two values as -1, 0 or 1; 2 if they are unequal and without order. */
    private static int order(Value left, Value right) {
        if (left instanceof Value.Text a && right instanceof Value.Text b) {
            return codePoints(a.value(), b.value());
        } else if (left instanceof Value.Bool a && right instanceof Value.Bool b) {
            return a.value() == b.value() ? 0 : 2;
        }
        Double a = number(left);
        Double b = number(right);
        if (a == null || b == null || a.isNaN() || b.isNaN()) {
            return 2;
        } else if (a.isInfinite() || b.isInfinite()) {
            return Double.compare(a, b);
        }
        return exact(left).compareTo(exact(right));
    }

    /** Compares as UTF-8 orders: by code point, not by char. */
    private static int codePoints(String a, String b) {
        int[] left = a.codePoints().toArray();
        int[] right = b.codePoints().toArray();
        int differs = IntStream.range(0, Math.min(left.length, right.length))
                .filter(i -> left[i] != right[i])
                .findFirst()
                .orElse(-1);
        return differs < 0
                ? Integer.signum(left.length - right.length)
                : Integer.signum(left[differs] - right[differs]);
    }

    private static @Nullable Double number(Value value) {
        return switch (value.kind()) {
            case INT64 -> (double) ((Value.Int64) value).value();
            case FLOAT64 -> ((Value.Float64) value).value();
            case NULL, BOOL, TEXT, ITEMS, FIELDS -> null;
        };
    }

    private static BigDecimal exact(Value value) {
        return value instanceof Value.Int64 number
                ? new BigDecimal(number.value())
                : new BigDecimal(((Value.Float64) value).value());
    }
}
