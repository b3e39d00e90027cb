package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.model.Value;
import io.qdrant.client.grpc.JsonWithInt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What of a document is in a point's payload. */
final class Payloads {
    private final PayloadKeys keys;

    Payloads(PayloadKeys keys) {
        this.keys = keys;
    }

    /** Why the index can never hold this metadata; null if it can. */
    @Nullable
    String problem(Map<String, Value> metadata) {
        for (Map.Entry<String, Value> entry : metadata.entrySet()) {
            String name = "metadata[\"" + entry.getKey() + "\"]";
            String problem = keys.isHidden(entry.getKey())
                    ? name + ": reserved (expected: a key that does not begin with _cf_ and is none of __id__, "
                            + keys.text() + ")"
                    : Values.problem(name, entry.getValue());
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    /** The whole payload. The version is always there: an older engine keeps a payload that an empty one should replace. */
    Map<String, JsonWithInt.Value> whole(StoredDocument document) {
        Map<String, JsonWithInt.Value> payload = new HashMap<>();
        document.metadata().forEach((key, value) -> {
            payload.put(key, Values.write(value));
            String exact = Doubles.exact(value);
            if (exact != null) {
                payload.put(PayloadKeys.EXACT + key, Values.of(exact));
            }
        });
        if (document.text() != null) {
            payload.put(keys.text(), Values.of(document.text()));
        }
        Key key = document.key();
        if (PointIds.isHashed(key)) {
            payload.put(PayloadKeys.ID, Values.of(key.id()));
        }
        if (!key.namespace().isEmpty()) {
            payload.put(PayloadKeys.NAMESPACE, Values.of(key.namespace()));
        }
        payload.putAll(stamp(document.stamp()));
        return payload;
    }

    /** The stamp of a whole document or of a change; a digest that is forgotten goes with what it replaces. */
    Map<String, JsonWithInt.Value> stamp(Stamp stamp) {
        Map<String, JsonWithInt.Value> payload = new HashMap<>();
        payload.put(PayloadKeys.VERSION, Values.of(stamp.version()));
        stamp.provenance().forEach((field, from) -> payload.put(PayloadKeys.PROVENANCE + field, Values.of(from)));
        stamp.written()
                .forEach((field, digest) -> payload.put(
                        PayloadKeys.WRITTEN + field, digest == Stamp.FORGOTTEN ? Values.NULL : Values.of(digest)));
        return payload;
    }

    /**
     * What is to be set for a change: a null takes its key away.
     *
     * @param standing keys of the metadata that stand, for a change that replaces all
     */
    Map<String, JsonWithInt.Value> change(MetadataPatch patch, Collection<String> standing, Stamp stamp) {
        Map<String, JsonWithInt.Value> payload = new HashMap<>();
        (patch.replace() ? standing : patch.remove())
                .stream().filter(key -> !keys.isHidden(key)).forEach(key -> set(payload, key, null));
        patch.set().forEach((key, value) -> set(payload, key, value));
        payload.putAll(stamp(stamp));
        return payload;
    }

    private static void set(Map<String, JsonWithInt.Value> payload, String key, @Nullable Value value) {
        String exact = value == null ? null : Doubles.exact(value);
        payload.put(key, value == null ? Values.NULL : Values.write(value));
        payload.put(PayloadKeys.EXACT + key, exact == null ? Values.NULL : Values.of(exact));
        payload.put(PayloadKeys.NULL + key, value instanceof Value.Null ? Values.of(true) : Values.NULL);
    }

    @Nullable
    String text(Map<String, JsonWithInt.Value> payload) {
        JsonWithInt.Value text = payload.get(keys.text());
        return text != null && text.hasStringValue() ? text.getStringValue() : null;
    }

    /** The metadata: all keys but ours. What lies where the text does and is none, somebody else put there. */
    Map<String, Value> metadata(Key key, Map<String, JsonWithInt.Value> payload) {
        Map<String, Value> metadata = new HashMap<>();
        payload.forEach((name, value) -> {
            if (!isOurs(key, name, value)) {
                metadata.put(name, metadatum(name, value, payload));
            } else if (name.startsWith(PayloadKeys.NULL)) {
                metadata.putIfAbsent(name.substring(PayloadKeys.NULL.length()), new Value.Null());
            }
        });
        return metadata;
    }

    private boolean isOurs(Key key, String name, JsonWithInt.Value value) {
        if (name.equals(keys.text())) {
            return value.hasStringValue();
        } else if (name.equals(PayloadKeys.ID)) {
            return PointIds.isHashed(key);
        }
        return PayloadKeys.isReserved(name);
    }

    private static Value metadatum(String name, JsonWithInt.Value value, Map<String, JsonWithInt.Value> payload) {
        Value read = Values.read(value);
        JsonWithInt.Value exact = payload.get(PayloadKeys.EXACT + name);
        return exact == null ? read : Doubles.restore(read, exact.getStringValue());
    }

    static Stamp stamp(Map<String, JsonWithInt.Value> payload) {
        Map<String, String> provenance = new HashMap<>();
        Map<String, Long> written = new HashMap<>();
        payload.forEach((name, value) -> {
            if (name.startsWith(PayloadKeys.PROVENANCE)) {
                provenance.put(name.substring(PayloadKeys.PROVENANCE.length()), value.getStringValue());
            } else if (name.startsWith(PayloadKeys.WRITTEN)) {
                written.put(name.substring(PayloadKeys.WRITTEN.length()), value.getIntegerValue());
            }
        });
        JsonWithInt.Value version = payload.get(PayloadKeys.VERSION);
        return new Stamp(version == null ? 0 : version.getIntegerValue(), provenance, written);
    }

    /** Paths of the keys that a stamp and a key are read from. */
    static List<String> stampPaths(Collection<String> fields) {
        List<String> paths = new ArrayList<>(List.of(PayloadKeys.NAMESPACE, PayloadKeys.ID));
        paths.addAll(pathsOfStamp(fields));
        return paths;
    }

    /** Paths of the keys that a stamp is read from. */
    static List<String> pathsOfStamp(Collection<String> fields) {
        List<String> paths = new ArrayList<>(List.of(PayloadKeys.VERSION));
        fields.forEach(field -> {
            paths.add(JsonPath.of(PayloadKeys.PROVENANCE + field).toString());
            paths.add(JsonPath.of(PayloadKeys.WRITTEN + field).toString());
        });
        return paths;
    }
}
