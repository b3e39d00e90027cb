package io.crossfade.proxy.index;

import io.crossfade.proxy.model.StoredDocument;

/**
 * @param score by the formula of the space's metric, whatever the engine's own scale; higher is nearer
 */
public record Hit(StoredDocument document, double score) {}
