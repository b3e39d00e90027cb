package io.crossfade.proxy.model;

/** Which parts of a document to read. Key and stamp always come. */
public record Projection(boolean text, boolean metadata, boolean vectors, boolean digest) {
    /** Key and stamp only. */
    public static final Projection STAMP = new Projection(false, false, false, false);

    /** All content, without digest. */
    public static final Projection ALL = new Projection(true, true, true, false);

    /** Text and metadata. */
    public static final Projection CONTENT = new Projection(true, true, false, false);

    /** Stamp and digest. */
    public static final Projection DIGEST = new Projection(false, false, false, true);
}
