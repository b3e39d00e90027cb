package io.crossfade.proxy.front.calls;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that all streams may hold together. This only counts, atomically; whoever must give up does so by itself. One
 * of those that find it exceeded need not, so that something always gets done, and the largest message passes at any
 * budget.
 */
final class ByteBudget {
    private final String what;
    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final AtomicReference<@Nullable OpenStream> favoured = new AtomicReference<>();

    /**
     * @param what is held, for messages
     * @param limit in bytes
     */
    ByteBudget(String what, long limit) {
        this.what = what;
        this.limit = limit;
    }

    static ByteBudget unlimited() {
        return new ByteBudget("bytes", Long.MAX_VALUE);
    }

    void take(long bytes) {
        held.addAndGet(bytes);
    }

    void give(long bytes) {
        held.addAndGet(-bytes);
    }

    /**
     * Whether a stream must do without what it wants beside what all hold. If not, it may be the favoured one from now
     * on.
     */
    boolean refuses(OpenStream stream, long wanted) {
        return held.get() > limit - wanted && favoured.get() != stream && !favoured.compareAndSet(null, stream);
    }

    /** Forgets a stream that holds nothing any more, so that another may be favoured. */
    void forget(OpenStream stream) {
        favoured.compareAndSet(stream, null);
    }

    String problem() {
        return what + " in memory: " + held + " bytes (expected: at most " + limit + " of all calls); try again";
    }
}
