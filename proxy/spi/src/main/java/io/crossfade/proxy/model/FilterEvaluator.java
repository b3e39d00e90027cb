package io.crossfade.proxy.model;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The meaning of a filter, spelled out: the reference that every driver's translation is tested against. */
public final class FilterEvaluator {
    private FilterEvaluator() {}

    public static boolean matches(Filter filter, Key key, Map<String, Value> metadata) {
        return filter.match(new Subject(key, metadata));
    }

    /** What filters are asked of: one document. */
    private record Subject(Key key, Map<String, Value> metadata) implements Filter.Cases<Boolean> {
        @Override
        public Boolean and(Filter.And and) {
            return and.filters().stream().allMatch(each -> each.match(this));
        }

        @Override
        public Boolean or(Filter.Or or) {
            return or.filters().stream().anyMatch(each -> each.match(this));
        }

        @Override
        public Boolean not(Filter.Not not) {
            return !not.filter().match(this);
        }

        @Override
        public Boolean idIn(Filter.IdIn in) {
            return in.ids().contains(key.id());
        }

        @Override
        public Boolean comparison(Filter.Comparison comparison) {
            Value value = resolve(comparison.key(), metadata);
            return value != null && compare(comparison, value);
        }
    }

    /** The value under a key; the whole key is tried before its dots step into maps. */
    public static @Nullable Value resolve(String key, Map<String, Value> metadata) {
        Value whole = metadata.get(key);
        int dot = key.indexOf('.');
        if (whole != null || dot < 0) {
            return whole;
        }
        return metadata.get(key.substring(0, dot)) instanceof Value.Fields fields
                ? resolve(key.substring(dot + 1), fields.values())
                : null;
    }

    private static boolean compare(Filter.Comparison comparison, Value value) {
        if (comparison.operator() == Filter.Operator.EXISTS) {
            return true;
        }
        List<Value> elements = value instanceof Value.Items items ? items.values() : List.of(value);
        return elements.stream().anyMatch(element -> holds(comparison, element));
    }

    private static boolean holds(Filter.Comparison comparison, Value element) {
        List<Value> operands = comparison.values();
        return switch (comparison.operator()) {
            case EXISTS -> true;
            case EQ, IN, CONTAINS_ANY -> operands.stream().anyMatch(operand -> equal(element, operand));
            case NE, NOT_IN -> isScalar(element) && operands.stream().noneMatch(operand -> equal(element, operand));
            case GT -> ordered(element, operands.get(0), 1, 1);
            case GTE -> ordered(element, operands.get(0), 0, 1);
            case LT -> ordered(element, operands.get(0), -1, -1);
            case LTE -> ordered(element, operands.get(0), -1, 0);
        };
    }

    private static boolean isScalar(Value value) {
        return switch (value.kind()) {
            case BOOL, INT64, FLOAT64, TEXT -> true;
            case NULL, ITEMS, FIELDS -> false;
        };
    }

    private static boolean ordered(Value left, Value right, int least, int most) {
        OptionalInt order = order(left, right);
        return order.isPresent() && order.getAsInt() >= least && order.getAsInt() <= most;
    }

    private static boolean equal(Value left, Value right) {
        if (left instanceof Value.Bool a && right instanceof Value.Bool b) {
            return a.value() == b.value();
        }
        OptionalInt order = order(left, right);
        return order.isPresent() && order.getAsInt() == 0;
    }

    /** -1, 0 or 1; empty if the two cannot be ordered. Numbers compare by exact value, NaN with nothing. */
    private static OptionalInt order(Value left, Value right) {
        if (left instanceof Value.Text a && right instanceof Value.Text b) {
            return OptionalInt.of(Integer.signum(Arrays.compareUnsigned(
                    a.value().getBytes(StandardCharsets.UTF_8), b.value().getBytes(StandardCharsets.UTF_8))));
        }
        if (left instanceof Value.Int64 a && right instanceof Value.Int64 b) {
            return OptionalInt.of(Long.compare(a.value(), b.value()));
        }
        Double a = asDouble(left);
        Double b = asDouble(right);
        if (a == null || b == null || a.isNaN() || b.isNaN()) {
            return OptionalInt.empty();
        }
        if (a.isInfinite() || b.isInfinite()) {
            return OptionalInt.of(Integer.signum(a.compareTo(b)));
        }
        return OptionalInt.of(exact(left).compareTo(exact(right)));
    }

    private static @Nullable Double asDouble(Value value) {
        return switch (value.kind()) {
            case INT64 -> (double) ((Value.Int64) value).value();
            case FLOAT64 -> ((Value.Float64) value).value();
            case NULL, BOOL, TEXT, ITEMS, FIELDS -> null;
        };
    }

    private static BigDecimal exact(Value value) {
        return value instanceof Value.Int64 number
                ? BigDecimal.valueOf(number.value())
                : new BigDecimal(((Value.Float64) value).value());
    }
}
