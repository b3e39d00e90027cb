package io.crossfade.proxy.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A change of metadata.
 *
 * @param set keys to set
 * @param remove keys to remove
 * @param replace {@code set} becomes all of the metadata
 */
public record MetadataPatch(Map<String, Value> set, List<String> remove, boolean replace) {
    /** A patch that changes nothing. */
    public static final MetadataPatch NONE = new MetadataPatch(Map.of(), List.of(), false);

    public MetadataPatch {
        set = Map.copyOf(set);
        remove = List.copyOf(remove);
    }

    public static MetadataPatch set(Map<String, Value> set) {
        return new MetadataPatch(set, List.of(), false);
    }

    public static MetadataPatch replaceWith(Map<String, Value> all) {
        return new MetadataPatch(all, List.of(), true);
    }

    public Map<String, Value> applyTo(Map<String, Value> metadata) {
        Map<String, Value> result = replace ? new HashMap<>() : new HashMap<>(metadata);
        remove.forEach(result::remove);
        result.putAll(set);
        return result;
    }

    /** Whether it may change the value of this key. */
    public boolean touches(String key) {
        return replace || set.containsKey(key) || remove.contains(key);
    }
}
