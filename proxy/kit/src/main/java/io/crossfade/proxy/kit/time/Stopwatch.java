package io.crossfade.proxy.kit.time;

import java.time.Duration;

/** Real time since it was made, for reports of long runs. */
public final class Stopwatch {
    private final long began = System.nanoTime();

    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
