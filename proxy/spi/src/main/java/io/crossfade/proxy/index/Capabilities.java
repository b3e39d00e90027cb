package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Filter;
import java.time.Duration;
import java.util.Set;

/**
 * What a driver can do and promises.
 *
 * @param filterOperators comparisons that it answers exactly; others are refused before they reach it
 * @param maxBatch most writes or keys in one call
 * @param unknownSettle how long after {@code Unknown} was answered the request may still take effect
 * @param embedded lives inside this process: only one sidecar can use it
 */
public record Capabilities(
        Set<Filter.Operator> filterOperators, int maxBatch, Duration unknownSettle, boolean embedded) {
    public Capabilities {
        filterOperators = Set.copyOf(filterOperators);
    }
}
