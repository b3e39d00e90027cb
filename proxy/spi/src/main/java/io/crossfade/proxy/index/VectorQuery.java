package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param namespace only documents of this one
 * @param minScore hits below are left out; negative infinity for none
 * @param params search settings of the engine, by name
 */
public record VectorQuery(
        String namespace,
        String field,
        Embedding vector,
        int topK,
        int offset,
        @Nullable Filter filter,
        double minScore,
        Projection wanted,
        Map<String, Value> params) {}
