package io.crossfade.proxy.write.journal;

/**
 * The writes since a version that may be missing on the follower without a mark that says so.
 *
 * @param since version of the first such write
 */
public record DirtyRange(long since, String reason) {}
