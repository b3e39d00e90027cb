package io.crossfade.proxy.simulation;

import io.crossfade.proxy.time.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What happened, if anybody wants to know. */
final class Trace {
    private final Time time;
    private final boolean wanted;
    private final List<String> lines = new ArrayList<>();

    Trace(Time time, boolean wanted) {
        this.time = time;
        this.wanted = wanted;
    }

    void add(Supplier<String> line) {
        if (wanted) {
            lines.add(String.format("%12.6f  %s", time.nanos() / 1e9, line.get()));
        }
    }

    List<String> lines() {
        return lines;
    }
}
