package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import java.util.concurrent.CompletableFuture;

/**
 * An open mark in memory. While any mark of a key is open, the key is pending. State is guarded by {@link Marks}: it is
 * read and written inside its per-key critical section only, {@link #closed} and {@link #recorded} excepted.
 */
public final class Mark {
    private final MarkRecord record;
    private final long openedNanos;
    private final boolean forwarded;
    private final boolean alone;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private boolean running = true;
    private boolean unacked;
    private boolean alsoForAnAck;
    private long settledNanos;
    private volatile boolean recorded;

    Mark(MarkRecord record, long openedNanos, boolean forwarded, boolean alone) {
        this.record = record;
        this.openedNanos = openedNanos;
        this.forwarded = forwarded;
        this.alone = alone;
    }

    public MarkRecord record() {
        return record;
    }

    public Key key() {
        return record.key();
    }

    public long sequence() {
        return record.sequence();
    }

    /** Whether the write goes to the follower too. */
    public boolean isForwarded() {
        return forwarded;
    }

    /**
     * Whether no other mark of the key was open when this one was opened. Otherwise an older request may land after
     * this write's, and only a reconcile can tell what stands.
     */
    public boolean isAlone() {
        return alone;
    }

    long openedNanos() {
        return openedNanos;
    }

    /** Whether its requests are still awaited. */
    boolean isRunning() {
        return running;
    }

    boolean blocksReconcile() {
        return running && (forwarded || record.kind() == MarkRecord.Kind.RECONCILE);
    }

    /** Whether it survives the end of this process, or the fact that it was lost does. */
    boolean isRecorded() {
        return recorded;
    }

    void recorded() {
        recorded = true;
    }

    /** The time from which none of its requests can still take effect; meaningful once it has ended. */
    long settledNanos() {
        return settledNanos;
    }

    void end(long settled) {
        running = false;
        settledNanos = settled;
    }

    /** Notes that nobody was told that this write stands. Of a restored mark that is not known. */
    void notAcked() {
        unacked = true;
    }

    /**
     * Whether the index that followed may serve again although this mark is open: nothing of it can still take effect,
     * and it stands for no write that was acked. A reconcile only repeats what was.
     */
    boolean letsReadsBack(long now) {
        return !running && settledNanos <= now && !standsForAnAck();
    }

    /** Whether somebody was, or may have been, told that its write stands, or another that this mark stands for too. */
    boolean standsForAnAck() {
        return (!unacked && record.kind() == MarkRecord.Kind.WRITE) || alsoForAnAck;
    }

    /** Makes it stand for an older mark as well from now on. */
    void takeOver(Mark older) {
        alsoForAnAck |= older.standsForAnAck();
    }

    /** Completes when the mark is closed: the follower has, or no longer needs, what it stood for. */
    public CompletableFuture<Void> closed() {
        return closed;
    }
}
