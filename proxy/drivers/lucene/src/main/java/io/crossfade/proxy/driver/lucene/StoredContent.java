package io.crossfade.proxy.driver.lucene;

import io.crossfade.proxy.model.Stamp;
import io.crossfade.proxy.model.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document as it is stored, without its vectors.
 *
 * @param ordinal of the document for as long as it exists; not used again afterwards
 * @param vectors digest of each vector, by field
 */
record StoredContent(
        long ordinal,
        Stamp stamp,
        Map<String, Long> vectors,
        @Nullable String text,
        Map<String, Value> metadata) {
    StoredContent {
        vectors = Map.copyOf(vectors);
        metadata = Map.copyOf(metadata);
    }
}
