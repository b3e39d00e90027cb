package io.crossfade.proxy.model;

import java.util.HashMap;
import java.util.Map;

/**
 * What is remembered about a document beside its content.
 *
 * @param version hybrid logical clock value of its last write; 0 if written before any migration
 * @param provenance by vector field: {@link Provenance} of its vector, as text
 * @param written by vector field: {@link Digest} of its vector as it was written in a migration; a vector that has another
 *     one now was changed by somebody else. Of a field that is not here nothing is known
 */
public record Stamp(long version, Map<String, String> provenance, Map<String, Long> written) {
    /** In the stamp of a patch, in the place of a digest: nothing is known any more of the vector that stands now. */
    public static final long FORGOTTEN = 0;

    /** The stamp of a document that no migration has touched. */
    public static final Stamp NONE = new Stamp(0, Map.of());

    public Stamp {
        provenance = Map.copyOf(provenance);
        written = Map.copyOf(written);
    }

    /** Makes a stamp that says nothing of how vectors were written. */
    public Stamp(long version, Map<String, String> provenance) {
        this(version, provenance, Map.of());
    }

    /** The stamp after a partial update: its version, and its provenance and digests over what there was. */
    public Stamp patched(Stamp patch) {
        Map<String, Long> digests = over(written, patch.written);
        return new Stamp(
                patch.version,
                over(provenance, patch.provenance),
                digests.containsValue(FORGOTTEN) ? withoutForgotten(digests) : digests);
    }

    private static <T> Map<String, T> over(Map<String, T> before, Map<String, T> patch) {
        if (patch.isEmpty()) {
            return before;
        }
        Map<String, T> merged = new HashMap<>(before);
        merged.putAll(patch);
        return merged;
    }

    private static Map<String, Long> withoutForgotten(Map<String, Long> digests) {
        Map<String, Long> known = new HashMap<>(digests);
        known.values().removeIf(digest -> digest == FORGOTTEN);
        return known;
    }
}
