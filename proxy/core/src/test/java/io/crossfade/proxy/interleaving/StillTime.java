package io.crossfade.proxy.interleaving;

import io.crossfade.proxy.time.Time;
import java.time.Duration;

/** Does not go on, and has no state of its own for a test to interleave. */
public final class StillTime implements Time {
    private static final Timer NEVER = () -> {};

    @Override
    public long wallMillis() {
        return 0;
    }

    @Override
    public long nanos() {
        return 0;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        return NEVER;
    }
}
