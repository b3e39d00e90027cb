package com.example.shelf;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;

/**
 * The options of driver {@code shelf}.
 *
 * @param maxBatch most documents in one call
 */
record ShelfSettings(@Default("100") int maxBatch) {
    ShelfSettings {
        new Check().between("max_batch", maxBatch, 1, 10_000).done();
    }
}
