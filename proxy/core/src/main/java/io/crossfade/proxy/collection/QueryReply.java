package io.crossfade.proxy.collection;

import io.crossfade.proxy.index.Hit;
import java.util.List;
import java.util.Map;

/**
 * Hits, best first, and what answered.
 *
 * @param spaces name of the space of each vector field, to name vectors in the reply
 */
public record QueryReply(List<Hit> hits, String index, String space, Map<String, String> spaces, long epoch) {}
