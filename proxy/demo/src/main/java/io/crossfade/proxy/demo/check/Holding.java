package io.crossfade.proxy.demo.check;

import io.crossfade.proxy.demo.app.Entry;
import java.util.List;

/**
 * A document as an index holds it.
 *
 * @param vectors all of them; one is expected
 */
public record Holding(String id, Entry entry, List<HeldVector> vectors) {
    public Holding {
        vectors = List.copyOf(vectors);
    }

    /**
     * A vector and where it says it came from.
     *
     * @param space name of the space
     * @param fingerprint of the space it was made in; "" if the index does not tell, as for documents that were written
     *     before any migration
     */
    @SuppressWarnings("ArrayRecordComponent") // bulk data; nobody compares or hashes it
    public record HeldVector(String space, String fingerprint, float[] values) {}
}
