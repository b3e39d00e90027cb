package io.crossfade.proxy.driver.lucene;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The engine that is open, and how many calls use it. It is let go of only when none does: a read that goes on would crash
 * the process if the store were closed under it. The engine is swapped by whoever opens and closes the index, one at a time.
 */
final class OpenEngine {
    private static final int ALL = Integer.MAX_VALUE;

    private final Semaphore uses = new Semaphore(ALL);
    private volatile @Nullable Engine engine;

    /** The engine, for a call that ends with {@link #exit}; null if none is open. */
    @Nullable
    Engine enter() {
        if (engine == null || !uses.tryAcquire()) {
            return null;
        }
        Engine entered = engine;
        if (entered == null) {
            uses.release();
        }
        return entered;
    }

    void exit() {
        uses.release();
    }

    /** The engine, for a call that does not touch its store. */
    @Nullable
    Engine get() {
        return engine;
    }

    void set(Engine opened) {
        engine = opened;
    }

    /**
     * Lets no call in any more, and waits for those that are in.
     *
     * @return whether all of them have ended within the limit: only then may the engine be closed
     */
    boolean leave(Duration limit) {
        engine = null;
        try {
            if (!uses.tryAcquire(ALL, limit.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        uses.release(ALL);
        return true;
    }
}
