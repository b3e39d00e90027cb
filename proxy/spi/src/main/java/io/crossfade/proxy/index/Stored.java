package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Space;

/** What an index gives back of a vector that was written to it: the very bytes of {@link #of}. */
public enum Stored {
    /** The vector itself. */
    EXACT,
    /**
     * In a field whose metric is the cosine the vector scaled to length 1; in all other fields the vector itself. So a digest of
     * what stands is the digest of {@link #of} what was written, and what was written cannot be had back.
     */
    NORMALISED;

    /**
     * A vector whose squared length is this near to 1 has length 1: scaling it again would change its last bits and nothing else.
     * Engines take a little more for it, so that what was scaled here is scaled nowhere else.
     */
    private static final double NEAR = 5e-7;

    /** What stands after this vector was written to a field of this space. The same again if that is written. */
    public Embedding of(Space space, Embedding written) {
        boolean isScaled = this == NORMALISED && space.metric() == Space.Metric.COSINE && !hasLengthOne(written);
        return isScaled ? written.normalised() : written;
    }

    private static boolean hasLengthOne(Embedding vector) {
        double squares = 0;
        for (int i = 0; i < vector.dimensions(); i++) {
            squares += (double) vector.get(i) * vector.get(i);
        }
        return Math.abs(squares - 1) <= NEAR;
    }
}
