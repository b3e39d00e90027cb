package io.crossfade.proxy.write.journal;

/**
 * Writes since a version may be missing on the follower without a mark that says so.
 *
 * @param since version of the first such write
 */
public record DirtyRange(long since, String reason) {}
