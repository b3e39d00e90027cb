package io.crossfade.proxy.index;

/** What an index gives back of a vector that was written to it. */
public enum Stored {
    /** Its very bytes. */
    EXACT,
    /**
     * In a field whose metric is the cosine the vector scaled to length 1, as the engine rounds it; a zero vector as it is.
     * Its very bytes in all other fields. So a digest of what stands is not the digest of what was written.
     */
    NORMALISED
}
