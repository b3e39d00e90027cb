package io.crossfade.proxy.serve;

/**
 * A {@code write_id} as it is remembered: a hash of 128 bits in its place, so that all take the same room. Two ids meet
 * in one by chance once in many ages of the universe.
 */
record WriteId(long high, long low) {
    private static final long OTHER_SEED = 0x5bd1e9955bd1e995L;

    static WriteId of(String writeId) {
        return new WriteId(
                new ContentHash().add(writeId).value(),
                new ContentHash(OTHER_SEED).add(writeId).value());
    }
}
