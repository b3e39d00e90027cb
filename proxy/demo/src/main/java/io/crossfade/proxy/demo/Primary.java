package io.crossfade.proxy.demo;

import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.process.Layout;
import java.io.IOException;
import java.util.Optional;

/** The index that the collection has at first, and what it runs in. */
interface Primary extends AutoCloseable {
    /** What it is, with its version. */
    String name();

    /** What the sidecar is told of it. */
    Layout.OldIndex settings();

    /** How its documents come there, as title and text. */
    Words opening();

    /** A title and a text. */
    record Words(String title, String text) {}

    /** Whatever holds it is killed, if that is not the sidecar. */
    void kill();

    /** Returns when it is back. */
    void restart();

    /** Who was killed with the sidecar. */
    String victims();

    /**
     * All that is in it, if there are other means to read it than a sidecar's.
     *
     * @param name for findings
     * @param space that the vectors are of
     */
    Optional<Index> look(String name, String space) throws IOException;

    @Override
    void close();
}
