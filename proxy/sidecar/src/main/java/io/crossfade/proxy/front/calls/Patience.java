package io.crossfade.proxy.front.calls;

import io.crossfade.proxy.time.Time;
import java.time.Duration;

/** A limit to how long others are waited for. */
@FunctionalInterface
public interface Patience {
    /** A patience that never runs out. */
    Patience ENDLESS = then -> () -> {};

    /** Does something once it has run out, unless the timer is cancelled. */
    Time.Timer runsOut(Runnable then);

    static Patience of(Duration length, Time time) {
        return then -> time.after(length, then);
    }
}
