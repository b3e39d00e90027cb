package io.crossfade.proxy.simulation;

/**
 * Random choices that are a function of the seed and of what is chosen: leaving one event out changes no other. Mixing
 * as in SplitMix64 (Steele et al., "Fast Splittable Pseudorandom Number Generators", 2014).
 */
record Chance(long seed) {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** In 0 (inclusive) to 1 (exclusive). */
    double of(String what, long... where) {
        return (bits(what, where) >>> 11) * 0x1.0p-53;
    }

    /** In 0 (inclusive) to {@code bound} (exclusive). */
    int below(int bound, String what, long... where) {
        return (int) (of(what, where) * bound);
    }

    boolean is(double probability, String what, long... where) {
        return probability > 0 && of(what, where) < probability;
    }

    private long bits(String what, long... where) {
        long bits = mix(seed * GOLDEN + what.hashCode());
        for (long part : where) {
            bits = mix(bits + GOLDEN + part);
        }
        return bits;
    }

    private static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
