package io.crossfade.client;

import io.crossfade.v1.Comparison;
import io.crossfade.v1.Comparison.Operator;
import io.crossfade.v1.Ids;
import java.util.List;

/**
 * Conditions on metadata: {@code Filters.eq("brand", "acme").and(Filters.lt("price", 100))}. A missing key never
 * matches. A dot in a key steps into a map. A comparison with a list holds when any element satisfies it.
 */
public final class Filters {
    private Filters() {}

    public static Filter eq(String key, Object value) {
        return compare(key, Operator.OPERATOR_EQ, value);
    }

    /** The key is present and has another value. */
    public static Filter ne(String key, Object value) {
        return compare(key, Operator.OPERATOR_NE, value);
    }

    public static Filter gt(String key, Object value) {
        return compare(key, Operator.OPERATOR_GT, value);
    }

    public static Filter gte(String key, Object value) {
        return compare(key, Operator.OPERATOR_GTE, value);
    }

    public static Filter lt(String key, Object value) {
        return compare(key, Operator.OPERATOR_LT, value);
    }

    public static Filter lte(String key, Object value) {
        return compare(key, Operator.OPERATOR_LTE, value);
    }

    public static Filter in(String key, Object... values) {
        return compare(key, Operator.OPERATOR_IN, values);
    }

    public static Filter notIn(String key, Object... values) {
        return compare(key, Operator.OPERATOR_NOT_IN, values);
    }

    /** The key is present, whatever its value, null included. */
    public static Filter exists(String key) {
        return compare(key, Operator.OPERATOR_EXISTS);
    }

    /** The value is a list with at least one of these, or is one of them. */
    public static Filter containsAny(String key, Object... values) {
        return compare(key, Operator.OPERATOR_CONTAINS_ANY, values);
    }

    /** The document's id is one of these. */
    public static Filter idIn(String... ids) {
        Ids list = Ids.newBuilder().addAllIds(List.of(ids)).build();
        return new Filter(io.crossfade.v1.Filter.newBuilder().setIdIn(list).build());
    }

    /** All hold. */
    public static Filter all(Filter... filters) {
        return new Filter(
                io.crossfade.v1.Filter.newBuilder().setAnd(group(filters)).build());
    }

    /** At least one holds. */
    public static Filter any(Filter... filters) {
        return new Filter(
                io.crossfade.v1.Filter.newBuilder().setOr(group(filters)).build());
    }

    private static io.crossfade.v1.Filters group(Filter... filters) {
        io.crossfade.v1.Filters.Builder group = io.crossfade.v1.Filters.newBuilder();
        for (Filter filter : filters) {
            group.addFilters(filter.toProto());
        }
        return group.build();
    }

    private static Filter compare(String key, Operator operator, Object... values) {
        Comparison.Builder comparison = Comparison.newBuilder().setKey(key).setOperator(operator);
        for (Object value : values) {
            comparison.addValues(Values.toProto(value));
        }
        return new Filter(
                io.crossfade.v1.Filter.newBuilder().setComparison(comparison).build());
    }
}
