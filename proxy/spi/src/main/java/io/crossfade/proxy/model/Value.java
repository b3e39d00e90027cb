package io.crossfade.proxy.model;

import java.util.List;
import java.util.Map;

/**
 * A metadata value. Integers keep all 64 bits. Where kinds are treated differently, a switch over {@link #kind} has a
 * case for each and no default, so that a further kind does not compile until it has its place; each kind has one
 * record, so the cast in its case is safe.
 */
public sealed interface Value {
    /** The kinds of values, each a record. */
    enum Kind {
        NULL,
        BOOL,
        INT64,
        FLOAT64,
        TEXT,
        ITEMS,
        FIELDS
    }

    Kind kind();

    /** An explicit null: the key is present. */
    record Null() implements Value {
        @Override
        public Kind kind() {
            return Kind.NULL;
        }
    }

    record Bool(boolean value) implements Value {
        @Override
        public Kind kind() {
            return Kind.BOOL;
        }
    }

    record Int64(long value) implements Value {
        @Override
        public Kind kind() {
            return Kind.INT64;
        }
    }

    record Float64(double value) implements Value {
        @Override
        public Kind kind() {
            return Kind.FLOAT64;
        }
    }

    record Text(String value) implements Value {
        @Override
        public Kind kind() {
            return Kind.TEXT;
        }
    }

    record Items(List<Value> values) implements Value {
        public Items {
            values = List.copyOf(values);
        }

        @Override
        public Kind kind() {
            return Kind.ITEMS;
        }
    }

    record Fields(Map<String, Value> values) implements Value {
        public Fields {
            values = Map.copyOf(values);
        }

        @Override
        public Kind kind() {
            return Kind.FIELDS;
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
