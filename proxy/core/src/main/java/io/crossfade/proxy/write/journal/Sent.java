package io.crossfade.proxy.write.journal;

/**
 * How far a member has come with its notes on one index, as its journal keeps it.
 *
 * @param sent the highest number that it has sent, or was about to send
 * @param confirmed the highest number that the index has answered for
 */
public record Sent(String index, long sent, long confirmed) {}
