package io.crossfade.proxy.collection;

import io.crossfade.proxy.collection.Description.Limits;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Value;
import java.util.List;
import java.util.Map;

/** Checks that metadata is not too large and not too deep, has no reserved keys, and holds only finite numbers. */
final class MetadataCheck {
    static final String RESERVED = "_cf_";
    private static final int DEPTH = 16;
    private static final int OVERHEAD = 2;
    private static final int NUMBER = 8;

    private final Findings findings;
    private final int most;

    MetadataCheck(Findings findings, Limits limits) {
        this.findings = findings;
        most = limits.metadataBytes();
    }

    void check(Place place, MetadataPatch patch) {
        if (!patch.replace() && patch.set().isEmpty() && patch.remove().isEmpty()) {
            findings.invalid(place, "sets and removes nothing (expected: at least one key, or replace)");
        }
        check(place.part("set"), patch.set());
        for (int i = 0; i < patch.remove().size(); i++) {
            String key = patch.remove().get(i);
            checkKey(place.part("remove", i), key);
            if (patch.set().containsKey(key)) {
                findings.invalid(place.part("remove", i), key + " is also set (expected: one or the other)");
            }
        }
    }

    void check(Place place, Map<String, Value> metadata) {
        if (metadata.isEmpty()) {
            return;
        }
        for (Map.Entry<String, Value> entry : metadata.entrySet()) {
            checkKey(place, entry.getKey());
            checkValue(place, entry.getKey(), entry.getValue(), 0);
        }
        // The bound is cheap and nearly always enough.
        if (size(metadata, false) > most && size(metadata, true) > most) {
            findings.invalid(place, size(metadata, true) + " bytes (expected: at most " + most + ")");
        }
    }

    private void checkKey(Place place, String key) {
        if (key.startsWith(RESERVED)) {
            findings.invalid(place, "key " + key + " (expected: none that begins with " + RESERVED + ")");
        }
    }

    /** Whether nothing is wrong; reports the first problem under a key. */
    private boolean checkValue(Place place, String key, Value value, int depth) {
        return switch (value.kind()) {
            case FLOAT64 -> checkFinite(place, key, ((Value.Float64) value).value());
            case ITEMS -> checkAll(place, key, ((Value.Items) value).values(), depth + 1);
            case FIELDS -> checkAll(place, key, ((Value.Fields) value).values().values(), depth + 1);
            case NULL, BOOL, INT64, TEXT -> true;
        };
    }

    private boolean checkFinite(Place place, String key, double number) {
        if (Double.isFinite(number)) {
            return true;
        }
        findings.invalid(place.part(key), number + " (expected: a finite number)");
        return false;
    }

    private boolean checkAll(Place place, String key, Iterable<Value> values, int depth) {
        if (depth > DEPTH) {
            findings.invalid(place.part(key), "nested too deep (expected: at most " + DEPTH + " lists and maps)");
            return false;
        }
        for (Value value : values) {
            if (!checkValue(place, key, value, depth)) {
                return false;
            }
        }
        return true;
    }

    /** The size as the proto file counts it, or an upper bound. */
    private static long size(Map<String, Value> fields, boolean exact) {
        long size = 0;
        for (Map.Entry<String, Value> field : fields.entrySet()) {
            size += OVERHEAD + size(field.getKey(), exact) + size(field.getValue(), exact);
        }
        return size;
    }

    private static long size(Value value, boolean exact) {
        return OVERHEAD
                + switch (value.kind()) {
                    case TEXT -> size(((Value.Text) value).value(), exact);
                    case INT64, FLOAT64 -> NUMBER;
                    case ITEMS -> size(((Value.Items) value).values(), exact);
                    case FIELDS -> size(((Value.Fields) value).values(), exact);
                    case NULL, BOOL -> 1;
                };
    }

    private static long size(List<Value> values, boolean exact) {
        long size = 0;
        for (Value value : values) {
            size += size(value, exact);
        }
        return size;
    }

    private static long size(String text, boolean exact) {
        return exact ? Utf8.size(text) : (long) text.length() * Utf8.MOST_BYTES_PER_CHAR;
    }
}
