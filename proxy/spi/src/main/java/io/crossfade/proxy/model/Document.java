package io.crossfade.proxy.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document as an application sends it: possibly with vectors of several spaces, or none.
 *
 * @param stamp set only by a Crossfade that uses this collection as its index
 */
public record Document(
        Key key,
        @Nullable String text,
        List<NamedVector> vectors,
        Map<String, Value> metadata,
        @Nullable Stamp stamp) {
    public Document {
        vectors = List.copyOf(vectors);
        metadata = Map.copyOf(metadata);
    }
}
