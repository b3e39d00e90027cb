package io.crossfade.client;

import com.google.protobuf.NullValue;
import io.crossfade.v1.ListValue;
import io.crossfade.v1.MapValue;
import io.crossfade.v1.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Metadata values as Java has them: null, Boolean, Byte to Long (read back as Long), Float and Double (read back as
 * Double), String, Collection (read back as List), Map with String keys.
 */
final class Values {
    private Values() {}

    static Value toProto(@Nullable Object value) {
        Value.Builder proto = Value.newBuilder();
        if (value == null) {
            proto.setNullValue(NullValue.NULL_VALUE);
        } else if (value instanceof Boolean bool) {
            proto.setBoolValue(bool);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            proto.setInt64Value(((Number) value).longValue());
        } else if (value instanceof Double || value instanceof Float) {
            proto.setDoubleValue(((Number) value).doubleValue());
        } else if (value instanceof CharSequence text) {
            proto.setStringValue(text.toString());
        } else if (value instanceof Collection<?> items) {
            proto.setListValue(toList(items));
        } else if (value instanceof Map<?, ?> fields) {
            proto.setMapValue(toMap(fields));
        } else {
            throw new IllegalArgumentException("metadata value: "
                    + value.getClass().getName() + " (expected: null, boolean, number, string, collection or map)");
        }
        return proto.build();
    }

    static @Nullable Object fromProto(Value proto) {
        return switch (proto.getKindCase()) {
            case BOOL_VALUE -> proto.getBoolValue();
            case INT64_VALUE -> proto.getInt64Value();
            case DOUBLE_VALUE -> proto.getDoubleValue();
            case STRING_VALUE -> proto.getStringValue();
            case LIST_VALUE -> fromList(proto.getListValue());
            case MAP_VALUE -> fromFields(proto.getMapValue().getFieldsMap());
            case NULL_VALUE, KIND_NOT_SET -> null;
        };
    }

    static Map<String, @Nullable Object> fromFields(Map<String, Value> fields) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        fields.forEach((key, value) -> values.put(key, fromProto(value)));
        return Collections.unmodifiableMap(values);
    }

    private static List<@Nullable Object> fromList(ListValue list) {
        List<@Nullable Object> values = new ArrayList<>();
        list.getValuesList().forEach(item -> values.add(fromProto(item)));
        return Collections.unmodifiableList(values);
    }

    private static ListValue toList(Collection<?> items) {
        ListValue.Builder list = ListValue.newBuilder();
        items.forEach(item -> list.addValues(toProto(item)));
        return list.build();
    }

    private static MapValue toMap(Map<?, ?> fields) {
        MapValue.Builder map = MapValue.newBuilder();
        fields.forEach((key, value) -> map.putFields(String.valueOf(key), toProto(value)));
        return map.build();
    }
}
