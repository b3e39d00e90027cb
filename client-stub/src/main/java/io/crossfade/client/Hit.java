package io.crossfade.client;

/**
 * A document that was found.
 *
 * @param score higher is nearer. cosine: the cosine, -1 to 1; dot: the dot product; l2: the Euclidean distance, negated
 */
public record Hit(Doc doc, double score) {}
