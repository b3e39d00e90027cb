package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.Works;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes works; a failure is logged, because nobody waits for it. */
final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    static void quietly(Works works, String collection) {
        try {
            works.close();
        } catch (IOException e) {
            LOG.warn("{}: the journal could not be closed", collection, e);
        }
    }
}
