package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.model.Value;
import io.qdrant.client.grpc.JsonWithInt;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Metadata values as values of a payload, and back. */
final class Values {
    static final JsonWithInt.Value NULL = JsonWithInt.Value.newBuilder()
            .setNullValue(JsonWithInt.NullValue.NULL_VALUE)
            .build();

    /** The engine reads stored JSON that is nested 127 deep at most, its payload included, and never again what is deeper. */
    private static final int DEEPEST = 100;

    private Values() {}

    static JsonWithInt.Value of(String text) {
        return JsonWithInt.Value.newBuilder().setStringValue(text).build();
    }

    static JsonWithInt.Value of(long number) {
        return JsonWithInt.Value.newBuilder().setIntegerValue(number).build();
    }

    static JsonWithInt.Value of(boolean value) {
        return JsonWithInt.Value.newBuilder().setBoolValue(value).build();
    }

    static JsonWithInt.Value write(Value value) {
        return switch (value.kind()) {
            case NULL -> NULL;
            case BOOL -> of(((Value.Bool) value).value());
            case INT64 -> of(((Value.Int64) value).value());
            case FLOAT64 ->
                JsonWithInt.Value.newBuilder()
                        .setDoubleValue(((Value.Float64) value).value())
                        .build();
            case TEXT -> of(((Value.Text) value).value());
            case ITEMS -> {
                JsonWithInt.ListValue.Builder list = JsonWithInt.ListValue.newBuilder();
                ((Value.Items) value).values().forEach(each -> list.addValues(write(each)));
                yield JsonWithInt.Value.newBuilder().setListValue(list).build();
            }
            case FIELDS -> {
                JsonWithInt.Struct.Builder struct = JsonWithInt.Struct.newBuilder();
                ((Value.Fields) value).values().forEach((key, each) -> struct.putFields(key, write(each)));
                yield JsonWithInt.Value.newBuilder().setStructValue(struct).build();
            }
        };
    }

    static Value read(JsonWithInt.Value value) {
        return switch (value.getKindCase()) {
            case BOOL_VALUE -> Value.of(value.getBoolValue());
            case INTEGER_VALUE -> Value.of(value.getIntegerValue());
            case DOUBLE_VALUE -> Value.of(value.getDoubleValue());
            case STRING_VALUE -> Value.of(value.getStringValue());
            case LIST_VALUE ->
                new Value.Items(value.getListValue().getValuesList().stream()
                        .map(Values::read)
                        .toList());
            case STRUCT_VALUE -> {
                Map<String, Value> fields = new HashMap<>();
                value.getStructValue().getFieldsMap().forEach((key, each) -> fields.put(key, read(each)));
                yield new Value.Fields(fields);
            }
            case NULL_VALUE, KIND_NOT_SET -> new Value.Null();
        };
    }

    /** Why the engine can never hold the value; null if it can. */
    static @Nullable String problem(String name, Value value) {
        return problem(name, value, 1);
    }

    private static @Nullable String problem(String name, Value value, int depth) {
        if (depth > DEEPEST) {
            return name + ": deeper (expected: nested at most " + DEEPEST + " deep)";
        }
        return switch (value.kind()) {
            case FLOAT64 -> {
                double number = ((Value.Float64) value).value();
                yield Double.isFinite(number) ? null : name + ": " + number + " (expected: finite)";
            }
            case ITEMS -> first(name, ((Value.Items) value).values(), depth);
            case FIELDS -> first(name, ((Value.Fields) value).values().values(), depth);
            case NULL, BOOL, INT64, TEXT -> null;
        };
    }

    private static @Nullable String first(String name, Iterable<Value> parts, int depth) {
        for (Value part : parts) {
            String problem = problem(name, part, depth + 1);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }
}
