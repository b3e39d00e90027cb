package io.crossfade.proxy.collection;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to look for: the vector of the serving space if there is one, else the text, else the vector of document
 * {@code id}.
 *
 * @param text "" if none
 * @param id "" if none
 * @param minScore by space name
 * @param client who asks, as it calls itself; "" if it does not
 */
public record QueryCall(
        String namespace,
        List<NamedVector> vectors,
        String text,
        String id,
        String field,
        int topK,
        int offset,
        @Nullable Filter filter,
        Map<String, Double> minScore,
        Projection wanted,
        Map<String, Value> params,
        String client) {
    public QueryCall {
        vectors = List.copyOf(vectors);
        minScore = Map.copyOf(minScore);
        params = Map.copyOf(params);
    }
}
