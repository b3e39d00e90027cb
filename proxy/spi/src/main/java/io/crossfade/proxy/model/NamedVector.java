package io.crossfade.proxy.model;

/**
 * A vector as an application sends it.
 *
 * @param field vector field of the index; "" is the default one
 * @param space name of the space that the vector lives in
 */
public record NamedVector(String field, String space, Embedding embedding) {}
