package io.crossfade.proxy.time;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Durations as instants, for a library that measures them so: a wall clock that is set back must not hold it up. */
public final class MonotonicClock extends Clock {
    private final Time time;

    public MonotonicClock(Time time) {
        this.time = time;
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(time.nanos());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
