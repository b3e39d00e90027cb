package io.crossfade.proxy.serve;

import io.crossfade.proxy.time.Time;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The answers of the last while, in the order in which they were given, found by their id. Lossy: an answer goes when
 * its time is over, or earlier, the oldest first, when there is no room for a new one.
 *
 * <p>Nothing is an object of its own: an answer is a record in a {@link ByteQueue}, a header of 36 bytes and what it
 * said, and an index of longs holds where the newest record of each bucket begins. A record says how far back the one
 * before it in its bucket is, so a chain grows older, and ends where it leaves the queue: what goes need not be taken
 * out of the index. An id takes 4 to 11 bytes there; when there would be more or fewer, the index is made anew, in
 * another size, by one walk over the queue. Guarded by its user.
 */
final class AnswerLog {
    private static final int BEFORE = 0;
    private static final int LENGTH = 4;
    private static final int TENTHS = 8;
    private static final int HIGH = 12;
    private static final int LOW = 20;
    private static final int CONTENT = 28;
    private static final int HEADER = 36;

    private static final int SMALLEST_INDEX = 64;
    private static final int MOST_IN_BUCKET = 2;
    private static final long NONE = -1;
    private static final int NANOS_IN_TENTH = 100_000_000;

    private final Time time;
    private final long bornNanos;
    private final int window;
    private final long maxBytes;
    private final ByteQueue records = new ByteQueue();
    private long[] newest = new long[SMALLEST_INDEX];
    private int count;
    private int crowdedOut = -1;

    /**
     * @param window how long an answer is kept
     * @param maxBytes of all answers and their index
     */
    AnswerLog(Time time, Duration window, long maxBytes) {
        this.time = time;
        this.bornNanos = time.nanos();
        this.window = Math.toIntExact((window.toNanos() + NANOS_IN_TENTH - 1) / NANOS_IN_TENTH);
        this.maxBytes = maxBytes;
        Arrays.fill(newest, NONE);
    }

    /**
     * An answer that is remembered.
     *
     * @param content hash of the call that it is the answer of
     */
    record Answer(long content, byte[] said) {}

    /** In tenths of a second, which an int can count for six years. */
    private int now() {
        return (int) ((time.nanos() - bornNanos) / NANOS_IN_TENTH);
    }

    /** The answer that was given last under an id; null if there is none, or none any more. */
    @Nullable
    Answer find(WriteId id) {
        long at = newest[bucket(id.low())];
        while (at >= records.head()) {
            if (records.getLong(at + LOW) == id.low() && records.getLong(at + HIGH) == id.high()) {
                return isOver(at)
                        ? null
                        : new Answer(
                                records.getLong(at + CONTENT),
                                records.get(at + HEADER, records.getInt(at + LENGTH) - HEADER));
            }
            at = before(at);
        }
        return null;
    }

    private boolean isOver(long at) {
        return now() - records.getInt(at + TENTHS) > window;
    }

    /** Where the next older record of the same bucket begins, or began. */
    private long before(long at) {
        int back = records.getInt(at + BEFORE);
        return back == 0 ? NONE : at - back;
    }

    private int bucket(long low) {
        return (int) (low ^ low >>> Integer.SIZE) & (newest.length - 1);
    }

    /** Whether there can be room for an answer so long, with much to spare for others. */
    boolean canHold(int length) {
        return length <= maxBytes / 8;
    }

    /** Remembers an answer, and forgets what is too old or has to make room for it. */
    void add(WriteId id, long content, byte[] said) {
        if (!canHold(said.length)) {
            throw new IllegalArgumentException(
                    "said: " + said.length + " bytes (expected: at most " + maxBytes / 8 + ")");
        }
        forgetOld();
        if (count >= newest.length * MOST_IN_BUCKET) {
            index(newest.length * 2);
        }
        int length = HEADER + said.length;
        while (count > 0 && records.bytesWith(length) + indexBytes() > maxBytes) {
            crowdedOut = now();
            forgetOldest();
        }
        int bucket = bucket(id.low());
        long position = records.tail();
        long before = newest[bucket];
        records.add(ByteBuffer.allocate(length)
                .putInt(before >= records.head() ? (int) (position - before) : 0)
                .putInt(length)
                .putInt(now())
                .putLong(id.high())
                .putLong(id.low())
                .putLong(content)
                .put(said)
                .array());
        newest[bucket] = position;
        count++;
    }

    /** Forgets answers whose time is over. */
    void forgetOld() {
        while (count > 0 && isOver(records.head())) {
            forgetOldest();
        }
        int size = newest.length;
        while (size > SMALLEST_INDEX && count < size / 4 * 3) {
            size /= 2;
        }
        if (size < newest.length) {
            index(size);
        }
    }

    private void forgetOldest() {
        records.removeBefore(records.head() + records.getInt(records.head() + LENGTH));
        count--;
    }

    /** Makes the index anew. The chains are made anew too, so that none leads from one bucket into another. */
    private void index(int size) {
        newest = new long[size];
        Arrays.fill(newest, NONE);
        for (long at = records.head(); at < records.tail(); at += records.getInt(at + LENGTH)) {
            int bucket = bucket(records.getLong(at + LOW));
            records.setInt(at + BEFORE, newest[bucket] == NONE ? 0 : (int) (at - newest[bucket]));
            newest[bucket] = at;
        }
    }

    private long indexBytes() {
        return (long) newest.length * Long.BYTES;
    }

    int count() {
        return count;
    }

    /** What answers and index take. */
    long bytes() {
        return records.bytes() + indexBytes();
    }

    /**
     * How long answers are really kept: as long as configured, unless some were crowded out within that time; then as
     * long as the oldest has been there.
     */
    Duration window() {
        boolean isCrowded = crowdedOut >= 0 && count > 0 && now() - crowdedOut <= window;
        int tenths = isCrowded ? now() - records.getInt(records.head() + TENTHS) : window;
        return Duration.ofNanos((long) tenths * NANOS_IN_TENTH);
    }
}
