package io.crossfade.proxy.front;

import io.crossfade.v1.Comparison;
import io.crossfade.v1.Comparison.Operator;
import io.crossfade.v1.DenseVector;
import io.crossfade.v1.Document;
import io.crossfade.v1.Filter;
import io.crossfade.v1.Filters;
import io.crossfade.v1.Floats;
import io.crossfade.v1.Key;
import io.crossfade.v1.ListValue;
import io.crossfade.v1.NamedVector;
import io.crossfade.v1.Value;
import java.util.List;

/** Parts of requests, for rows that stay readable. */
final class Requests {
    private Requests() {}

    static Document.Builder bare(String id) {
        return Document.newBuilder().setId(id);
    }

    static Document.Builder good(String id) {
        return bare(id).setText("a red shoe");
    }

    static Key key(String id) {
        return Key.newBuilder().setId(id).build();
    }

    static NamedVector vector(String space, float... values) {
        Floats.Builder floats = Floats.newBuilder();
        for (float value : values) {
            floats.addValues(value);
        }
        return NamedVector.newBuilder()
                .setSpace(space)
                .setDense(DenseVector.newBuilder().setFloats(floats))
                .build();
    }

    static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    static Value number(long value) {
        return Value.newBuilder().setInt64Value(value).build();
    }

    static Value list(Value... values) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllValues(List.of(values)))
                .build();
    }

    static Value nested(int depth) {
        Value value = number(1);
        for (int i = 0; i < depth; i++) {
            value = list(value);
        }
        return value;
    }

    static Filter and(Filter... filters) {
        return Filter.newBuilder()
                .setAnd(Filters.newBuilder().addAllFilters(List.of(filters)))
                .build();
    }

    static Filter or(Filter... filters) {
        return Filter.newBuilder()
                .setOr(Filters.newBuilder().addAllFilters(List.of(filters)))
                .build();
    }

    static Filter not(Filter filter) {
        return Filter.newBuilder().setNot(filter).build();
    }

    static Filter equal(long value) {
        return comparison("number", Operator.OPERATOR_EQ, number(value));
    }

    static Filter comparison(String key, Operator operator, Value... values) {
        return Filter.newBuilder()
                .setComparison(Comparison.newBuilder()
                        .setKey(key)
                        .setOperator(operator)
                        .addAllValues(List.of(values)))
                .build();
    }
}
