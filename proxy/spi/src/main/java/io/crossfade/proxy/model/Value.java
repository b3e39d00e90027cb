package io.crossfade.proxy.model;

import java.util.List;
import java.util.Map;

/** A metadata value. Integers keep all 64 bits. */
public sealed interface Value {
    /** An explicit null: the key is present. */
    record Null() implements Value {}

    record Bool(boolean value) implements Value {}

    record Int64(long value) implements Value {}

    record Float64(double value) implements Value {}

    record Text(String value) implements Value {}

    record Items(List<Value> values) implements Value {
        public Items {
            values = List.copyOf(values);
        }
    }

    record Fields(Map<String, Value> values) implements Value {
        public Fields {
            values = Map.copyOf(values);
        }
    }

    static Value of(String value) {
        return new Text(value);
    }

    static Value of(long value) {
        return new Int64(value);
    }

    static Value of(double value) {
        return new Float64(value);
    }

    static Value of(boolean value) {
        return new Bool(value);
    }
}
