package io.crossfade.proxy.plugin;

import io.crossfade.proxy.time.Time;
import java.time.Duration;

/** The sidecar's time, for a plugin: its tasks run within its boundary. */
record PluginTime(Time time, Boundary boundary) implements Time {
    @Override
    public long wallMillis() {
        return time.wallMillis();
    }

    @Override
    public long nanos() {
        return time.nanos();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        return time.after(delay, boundary.task(task));
    }
}
