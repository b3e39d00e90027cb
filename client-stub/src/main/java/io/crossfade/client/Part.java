package io.crossfade.client;

import io.crossfade.v1.Include;

/** Parts of a document that a read returns beside the key. */
public enum Part {
    TEXT,
    METADATA,
    VECTORS,
    /** The version. */
    STAMP;

    static Include include(Part... parts) {
        Include.Builder include = Include.newBuilder();
        for (Part part : parts) {
            switch (part) {
                case TEXT -> include.setText(true);
                case METADATA -> include.setMetadata(true);
                case VECTORS -> include.setVectors(true);
                case STAMP -> include.setStamp(true);
            }
        }
        return include.build();
    }
}
