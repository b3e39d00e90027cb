package io.crossfade.proxy.demo.app;

import io.crossfade.client.Doc;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a document should be.
 *
 * @param metadata Long, Double, Boolean, String or lists of these
 */
public record Entry(String text, Map<String, Object> metadata) {
    public Entry {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** As read from a collection. */
    public static Entry of(Doc doc) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        doc.metadata().forEach((key, value) -> metadata.put(key, value == null ? "null" : value));
        return new Entry(doc.text().orElse(""), metadata);
    }

    Entry withText(String changed) {
        return new Entry(changed, metadata);
    }

    Entry with(String key, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(metadata);
        changed.put(key, value);
        return new Entry(text, changed);
    }

    Entry without(String key) {
        Map<String, Object> changed = new LinkedHashMap<>(metadata);
        changed.remove(key);
        return new Entry(text, changed);
    }
}
