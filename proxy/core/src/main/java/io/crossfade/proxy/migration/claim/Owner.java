package io.crossfade.proxy.migration.claim;

/**
 * Whom an index belongs to while it is claimed: a collection of one control store, by a random word that the store keeps.
 *
 * @param id "" if no index is claimed
 */
public record Owner(String id) {}
