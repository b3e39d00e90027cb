package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Filter;
import java.util.Optional;

/**
 * Which filters an engine answers exactly as {@link io.crossfade.proxy.model.FilterEvaluator} does. A verdict is on the whole
 * filter, because it may hang on more than operators: on the kind or size of a value, on the key, on how parts are nested.
 */
@FunctionalInterface
public interface FilterSupport {
    /** That of an engine that answers every filter made of its operators. */
    FilterSupport EVERY = filter -> Optional.empty();

    /** What of the filter the engine would answer otherwise, and what it takes instead, in words; empty if nothing. */
    Optional<String> refusal(Filter filter);
}
