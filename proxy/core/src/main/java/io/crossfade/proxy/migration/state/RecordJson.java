package io.crossfade.proxy.migration.state;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import io.crossfade.proxy.control.ControlStore.Versioned;
import io.crossfade.proxy.control.DamagedRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A record's values as JSON. A newer version may have written fields that this one does not know: they are ignored, and
 * what this one writes keeps them.
 */
final class RecordJson<T> {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new ParameterNamesModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
            .build();

    private final String name;
    private final Class<T> type;

    RecordJson(String name, Class<T> type) {
        this.name = name;
        this.type = type;
    }

    /**
     * Says what a record means.
     *
     * @throws DamagedRecordException if it means nothing
     */
    T read(Versioned found) {
        try {
            return read(found.value());
        } catch (IOException e) {
            throw new DamagedRecordException(
                    "control record " + name + " cannot be read: " + problem(e), found.revision(), e);
        }
    }

    private static String problem(IOException e) {
        return e instanceof JsonProcessingException json ? json.getOriginalMessage() : String.valueOf(e.getMessage());
    }

    private T read(byte[] bytes) throws IOException {
        T value = JSON.readValue(bytes, type);
        if (value == null) {
            throw new IOException("null (expected: an object)");
        }
        return value;
    }

    /**
     * Writes a value in place of what stood before.
     *
     * @param before what was read; null if there was nothing
     */
    byte[] write(T value, byte @Nullable [] before) {
        try {
            JsonNode next = JSON.valueToTree(value);
            if (before != null) {
                keepUnknown(JSON.readTree(before), JSON.valueToTree(read(before)), next);
            }
            return JSON.writeValueAsBytes(next);
        } catch (IOException e) {
            throw new UncheckedIOException("control record " + name + " cannot be written", e);
        }
    }

    /**
     * Copies what this version has not understood.
     *
     * @param stood all that stood
     * @param known as much of it as this version knows
     */
    private static void keepUnknown(JsonNode stood, JsonNode known, JsonNode next) {
        if (!(stood instanceof ObjectNode from) || !(next instanceof ObjectNode to)) {
            return;
        }
        from.properties().forEach(field -> {
            JsonNode understood = known.get(field.getKey());
            if (understood == null) {
                to.set(field.getKey(), field.getValue());
            } else if (isTheSame(understood, to.get(field.getKey()))) {
                keepUnknown(field.getValue(), understood, to.get(field.getKey()));
            }
        });
    }

    /**
     * Whether an object within is still the same: if nothing has changed but objects within it: of a step, its answers.
     */
    private static boolean isTheSame(JsonNode before, @Nullable JsonNode after) {
        return after != null
                && before.isObject()
                && after.isObject()
                && plain(before).equals(plain(after));
    }

    private static ObjectNode plain(JsonNode object) {
        ObjectNode plain = object.deepCopy();
        object.properties().forEach(field -> {
            if (field.getValue().isObject()) {
                plain.remove(field.getKey());
            }
        });
        return plain;
    }
}
