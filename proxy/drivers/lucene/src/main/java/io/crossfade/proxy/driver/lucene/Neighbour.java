package io.crossfade.proxy.driver.lucene;

/**
 * A document that a vector search found.
 *
 * @param key encoded
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Neighbour(long ordinal, byte[] key) {}
