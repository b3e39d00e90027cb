package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.IndexException;
import io.qdrant.client.grpc.Common.PointId;
import java.util.Optional;

/**
 * Where a scan goes on: the id of the first point that it has not seen, which may be gone by then. Points are in the order of
 * their ids, so that a cursor is good for any connection and any time.
 *
 * @param text "" for the beginning, and after the last page
 */
record Cursor(String text, Optional<PointId> start) {
    static final Cursor END = new Cursor("", Optional.empty());

    static Cursor at(PointId id) {
        return new Cursor(PointIds.text(id), Optional.of(id));
    }

    static Cursor parse(String text) {
        if (text.isEmpty()) {
            return END;
        }
        Optional<PointId> start = PointIds.ofNative(text);
        if (start.isEmpty()) {
            throw new IndexException(
                    IndexException.Kind.INVALID, "cursor: " + text + " (expected: one of an earlier page)");
        }
        return new Cursor(text, start);
    }
}
