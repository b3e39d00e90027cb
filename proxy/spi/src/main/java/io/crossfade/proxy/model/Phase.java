package io.crossfade.proxy.model;

/** Where a collection is in its migration. Neighbours in this order are safe side by side in a fleet. */
public enum Phase {
    /** One index leads; there is no follower. */
    SINGLE,
    /** The primary leads and serves reads, the migration index follows. */
    MIRRORING,
    /** A write needs both indexes; the primary serves reads. */
    SEALED,
    /** A write needs both indexes; the migration index serves reads. */
    SWITCHED,
    /** The migration index leads and serves reads, the primary follows. */
    REVERSED;

    /** Whether reads come from the migration index. */
    public boolean servesMigration() {
        return this == SWITCHED || this == REVERSED;
    }

    /** Whether a write is acked only when both indexes have it. */
    public boolean needsBoth() {
        return this == SEALED || this == SWITCHED;
    }

    /** Whether going from here to there moves the reads, so that writes are held meanwhile. */
    public boolean crossesTo(Phase target) {
        return (this == SEALED && target == SWITCHED) || (this == SWITCHED && target == SEALED);
    }
}
