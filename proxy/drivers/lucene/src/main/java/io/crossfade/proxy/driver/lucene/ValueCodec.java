package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.model.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;

/** A metadata value as bytes: one for its kind, then the value. */
final class ValueCodec {
    private static final byte NULL = 0;
    private static final byte FALSE = 1;
    private static final byte TRUE = 2;
    private static final byte INT64 = 3;
    private static final byte FLOAT64 = 4;
    private static final byte TEXT = 5;
    private static final byte ITEMS = 6;
    private static final byte FIELDS = 7;

    private ValueCodec() {}

    static void writeFields(DataOutput out, Map<String, Value> fields) throws IOException {
        out.writeVInt(fields.size());
        for (Map.Entry<String, Value> field : fields.entrySet()) {
            out.writeString(field.getKey());
            write(out, field.getValue());
        }
    }

    static Map<String, Value> readFields(DataInput in) throws IOException {
        int size = in.readVInt();
        Map<String, Value> fields = new HashMap<>();
        for (int i = 0; i < size; i++) {
            fields.put(in.readString(), read(in));
        }
        return fields;
    }

    private static void write(DataOutput out, Value value) throws IOException {
        switch (value.kind()) {
            case NULL -> out.writeByte(NULL);
            case BOOL -> out.writeByte(((Value.Bool) value).value() ? TRUE : FALSE);
            case INT64 -> {
                out.writeByte(INT64);
                out.writeZLong(((Value.Int64) value).value());
            }
            case FLOAT64 -> {
                out.writeByte(FLOAT64);
                out.writeLong(Double.doubleToRawLongBits(((Value.Float64) value).value()));
            }
            case TEXT -> {
                out.writeByte(TEXT);
                out.writeString(((Value.Text) value).value());
            }
            case ITEMS -> {
                out.writeByte(ITEMS);
                writeItems(out, ((Value.Items) value).values());
            }
            case FIELDS -> {
                out.writeByte(FIELDS);
                writeFields(out, ((Value.Fields) value).values());
            }
        }
    }

    private static void writeItems(DataOutput out, List<Value> items) throws IOException {
        out.writeVInt(items.size());
        for (Value item : items) {
            write(out, item);
        }
    }

    private static Value read(DataInput in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case NULL -> new Value.Null();
            case FALSE -> new Value.Bool(false);
            case TRUE -> new Value.Bool(true);
            case INT64 -> new Value.Int64(in.readZLong());
            case FLOAT64 -> new Value.Float64(Double.longBitsToDouble(in.readLong()));
            case TEXT -> new Value.Text(in.readString());
            case ITEMS -> new Value.Items(readItems(in));
            case FIELDS -> new Value.Fields(readFields(in));
            default -> throw new IOException("value kind: " + kind + " (expected: 0 to " + FIELDS + ")");
        };
    }

    private static List<Value> readItems(DataInput in) throws IOException {
        int size = in.readVInt();
        List<Value> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.add(read(in));
        }
        return items;
    }
}
