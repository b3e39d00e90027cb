package io.crossfade.proxy.wire;

import com.google.protobuf.NullValue;
import io.crossfade.proxy.model.Value;
import io.crossfade.v1.ListValue;
import io.crossfade.v1.MapValue;
import java.util.Map;

/** Translates metadata values. */
public final class Values {
    private static final Value NULL = new Value.Null();
    private static final Value TRUE = new Value.Bool(true);
    private static final Value FALSE = new Value.Bool(false);
    private static final io.crossfade.v1.Value WIRE_NULL = io.crossfade.v1.Value.newBuilder()
            .setNullValue(NullValue.NULL_VALUE)
            .build();

    private Values() {}

    /** Reads fields; the result is immutable. Fails with a path that begins with the key. */
    public static Map<String, Value> read(Map<String, io.crossfade.v1.Value> fields) {
        return Repeated.read(fields, Values::read);
    }

    public static Value read(io.crossfade.v1.Value message) {
        return switch (message.getKindCase()) {
            case NULL_VALUE -> readNull(message);
            case BOOL_VALUE -> message.getBoolValue() ? TRUE : FALSE;
            case INT64_VALUE -> new Value.Int64(message.getInt64Value());
            case DOUBLE_VALUE -> new Value.Float64(message.getDoubleValue());
            case STRING_VALUE -> new Value.Text(message.getStringValue());
            case LIST_VALUE ->
                new Value.Items(Repeated.read("", message.getListValue().getValuesList(), Values::read));
            case MAP_VALUE -> new Value.Fields(read(message.getMapValue().getFieldsMap()));
            case KIND_NOT_SET ->
                throw ShapeException.malformed(
                        "no value (expected: one of null, bool, int64, double, string, list, map)");
        };
    }

    private static Value readNull(io.crossfade.v1.Value message) {
        return switch (message.getNullValue()) {
            case NULL_VALUE -> NULL;
            case UNRECOGNIZED ->
                throw ShapeException.malformed(message.getNullValueValue() + " (expected: NULL_VALUE)")
                        .under("null_value");
        };
    }

    public static io.crossfade.v1.Value write(Value value) {
        return switch (value.kind()) {
            case TEXT -> message().setStringValue(((Value.Text) value).value()).build();
            case INT64 -> message().setInt64Value(((Value.Int64) value).value()).build();
            case FLOAT64 ->
                message().setDoubleValue(((Value.Float64) value).value()).build();
            case BOOL -> message().setBoolValue(((Value.Bool) value).value()).build();
            case ITEMS -> message().setListValue(write((Value.Items) value)).build();
            case FIELDS -> message().setMapValue(write((Value.Fields) value)).build();
            case NULL -> WIRE_NULL;
        };
    }

    private static io.crossfade.v1.Value.Builder message() {
        return io.crossfade.v1.Value.newBuilder();
    }

    private static ListValue write(Value.Items items) {
        ListValue.Builder message = ListValue.newBuilder();
        for (Value value : items.values()) {
            message.addValues(write(value));
        }
        return message.build();
    }

    private static MapValue write(Value.Fields fields) {
        MapValue.Builder message = MapValue.newBuilder();
        fields.values().forEach((key, value) -> message.putFields(key, write(value)));
        return message.build();
    }
}
