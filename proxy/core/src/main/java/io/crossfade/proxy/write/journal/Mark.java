package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An open mark in memory. While any mark of a key is open, the key is pending. State is guarded by {@link Marks}: it is
 * read and written inside its per-key critical section only, but for {@code closed}, {@code recorded}, {@code record}, {@code applied} and
 * {@code landsOnFollowerUntil}.
 */
public final class Mark {
    private static final Runnable NOTHING = () -> {};

    private volatile MarkRecord record;
    private volatile long openedNanos;
    private final boolean forwarded;
    private final boolean alone;
    private final AtomicBoolean closed = new AtomicBoolean();
    private boolean running = true;
    private boolean unacked;
    private boolean alsoForAnAck;
    private @Nullable String failure;
    private long settledNanos;
    private volatile boolean recorded;
    private volatile boolean applied;
    private volatile long landsOnFollowerUntil;
    private volatile Runnable cutOff;
    private volatile Runnable whenClosed = NOTHING;

    /**
     * @param cutOff ends the call that the mark is for
     */
    Mark(MarkRecord record, long openedNanos, boolean forwarded, boolean alone, Runnable cutOff) {
        this.record = record;
        this.openedNanos = openedNanos;
        this.forwarded = forwarded;
        this.alone = alone;
        this.cutOff = cutOff;
        this.landsOnFollowerUntil = forwarded ? Long.MAX_VALUE : Long.MIN_VALUE;
    }

    /** A mark of a reconcile, which has sent nothing yet. */
    static Mark ofReconcile(MarkRecord record, long openedNanos) {
        return new Mark(record, openedNanos, false, false, NOTHING);
    }

    /** A mark of a stopped process, whose requests can take effect until then. */
    static Mark restored(MarkRecord record, long openedNanos, long settled) {
        Mark mark = new Mark(record, openedNanos, false, false, NOTHING);
        mark.landsOnFollowerUntil = settled;
        mark.end(settled);
        mark.recorded();
        return mark;
    }

    public MarkRecord record() {
        return record;
    }

    /** Notes that its write will never stand: what it carries belongs to nothing. */
    void refused() {
        record = record.refused();
    }

    /** Notes that the leader has applied its write. */
    public void applied() {
        applied = true;
    }

    /** Whether the leader is known to have applied its write. Of a restored mark that is not known. */
    public boolean isApplied() {
        return applied;
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

    /** When it was opened: whatever it is for is sent later. */
    public long openedNanos() {
        return openedNanos;
    }

    /** Makes it count from when the older mark was opened, whose place it takes. */
    void isAsOldAs(Mark older) {
        openedNanos = Math.min(openedNanos, older.openedNanos);
    }

    /** Why the last reconcile of the key failed; null if none has. */
    @Nullable
    String failure() {
        return failure;
    }

    void failedBy(String why) {
        failure = why;
    }

    /** Notes that the last reconcile of the key did not fail, though it has to be done again. */
    void failedNoMore() {
        failure = null;
    }

    /** Whether it is of the reconcile that failed last. */
    boolean isOfAFailure() {
        return failure != null && record.kind() == MarkRecord.Kind.RECONCILE;
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
        if (landsOnFollowerUntil == Long.MAX_VALUE) {
            landsOnFollowerUntil = settled;
        }
    }

    /** Notes that a reconcile is about to write to the follower: from now on that may take effect at any time. */
    void writes() {
        landsOnFollowerUntil = Long.MAX_VALUE;
    }

    /** Notes that the follower has answered: from then on nothing can take effect there any more. */
    public void landsOnFollowerUntil(long nanos) {
        landsOnFollowerUntil = nanos;
    }

    long landsOnFollowerUntil() {
        return landsOnFollowerUntil;
    }

    /** Ends the call that it is for, as far as that call awaits an index. */
    void cutOff() {
        cutOff.run();
    }

    /** Lets go of the call that it is for, which has been answered: a mark may be open for long, and many may be. */
    public void isAnswered() {
        cutOff = NOTHING;
        whenClosed = NOTHING;
    }

    /** Notes that nobody was told that this write stands. Of a restored mark that is not known. */
    void notAcked() {
        unacked = true;
    }

    /** Notes that somebody is told that this write stands. */
    void acked() {
        unacked = false;
    }

    /**
     * Whether the index that followed may serve again although this mark is open: nothing of it can still take effect
     * there, and it stands for no write that was acked. What may still take effect on the index that led is no obstacle:
     * that index follows from then on, and the mark stays open until a reconcile has seen to it. A reconcile only repeats
     * what was.
     */
    boolean letsReadsBack(long now, boolean leavesBehind) {
        return landsOnFollowerUntil <= now && (leavesBehind || !standsForAnAck());
    }

    /** Whether somebody was, or may have been, told that its write stands, or another that this mark stands for too. */
    boolean standsForAnAck() {
        return (!unacked && record.isOfWrite()) || alsoForAnAck;
    }

    /** Makes it stand for an older mark as well from now on. */
    void takeOver(Mark older) {
        alsoForAnAck |= older.standsForAnAck();
    }

    /**
     * Closes the mark: the follower has, or no longer needs, what it stood for.
     *
     * @return false if it was closed before
     */
    boolean close() {
        boolean isFirst = closed.compareAndSet(false, true);
        if (isFirst) {
            whenClosed.run();
        }
        return isFirst;
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Sets what is run when the mark is closed, at least once, unless {@link #isAnswered} comes first. */
    public void whenClosed(Runnable task) {
        whenClosed = task;
        if (closed.get()) {
            task.run();
        }
    }
}
