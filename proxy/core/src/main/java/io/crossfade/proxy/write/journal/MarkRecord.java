package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import java.util.List;

/**
 * An open mark as the journal keeps it: this key's state on the follower is not known to be right. It carries all that
 * another sidecar needs to take it over.
 *
 * @param sequence unique in this journal, growing
 * @param version of the write; 0 for a reconcile
 * @param epoch in which it was opened
 * @param replacesContent the write set text or vectors, so that vectors kept by older marks are void
 * @param source {@link io.crossfade.proxy.write.Sources#identity} of what the kept vectors were made from; "" if the
 * write does not say
 * @param kept vectors of the follower's spaces that a client sent; the leader does not hold them
 */
public record MarkRecord(
        long sequence,
        Key key,
        long version,
        long epoch,
        Kind kind,
        boolean replacesContent,
        String source,
        List<NamedVector> kept) {
    /** Who opened it. */
    public enum Kind {
        /** A write of an application that says what the document is afterwards, or that it is removed. */
        WRITE,
        /** A write of an application that changes a part of a document that is there. */
        UPDATE,
        /** Backfill, replay or repair. */
        RECONCILE
    }

    private static final int OVERHEAD_BYTES = 120;

    public MarkRecord {
        kept = List.copyOf(kept);
    }

    /** Whether it is of a write of an application. */
    public boolean isOfWrite() {
        return kind != Kind.RECONCILE;
    }

    /** The same of a write that the leader has refused, or had nothing for: no vector came of it, and none is void. */
    MarkRecord refused() {
        return new MarkRecord(sequence, key, version, epoch, kind, false, "", List.of());
    }

    /** The bytes that it takes, roughly. */
    int bytes() {
        int bytes = OVERHEAD_BYTES + key.namespace().length() + key.id().length();
        for (NamedVector vector : kept) {
            bytes += vector.embedding().dimensions() * Float.BYTES;
        }
        return bytes;
    }
}
