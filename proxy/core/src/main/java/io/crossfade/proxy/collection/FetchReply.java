package io.crossfade.proxy.collection;

import io.crossfade.proxy.model.StoredDocument;
import java.util.List;
import java.util.Map;

/**
 * @param documents those that exist, in the order asked
 * @param spaces name of the space of each vector field, to name vectors in the reply
 */
public record FetchReply(List<StoredDocument> documents, Map<String, String> spaces, long epoch) {}
