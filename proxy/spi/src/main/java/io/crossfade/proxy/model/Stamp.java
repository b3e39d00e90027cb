package io.crossfade.proxy.model;

import java.util.HashMap;
import java.util.Map;

/**
 * What is remembered about a document beside its content.
 *
 * @param version hybrid logical clock value of its last write; 0 if written before any migration
 * @param provenance by vector field: {@link Provenance} of its vector, as text
 */
public record Stamp(long version, Map<String, String> provenance) {
    /** The stamp of a document that no migration has touched. */
    public static final Stamp NONE = new Stamp(0, Map.of());

    public Stamp {
        provenance = Map.copyOf(provenance);
    }

    /** The stamp after a partial update: its version, and its provenance over what there was. */
    public Stamp patched(Stamp patch) {
        if (patch.provenance.isEmpty()) {
            return new Stamp(patch.version, provenance);
        }
        Map<String, String> merged = new HashMap<>(provenance);
        merged.putAll(patch.provenance);
        return new Stamp(patch.version, merged);
    }
}
