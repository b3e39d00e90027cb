package io.crossfade.proxy.control;

import io.crossfade.proxy.time.Time;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Remembers when a store was last heard of. Guarded by this object's lock. */
public final class Heard {
    private final Time time;
    private OptionalLong last = OptionalLong.empty();

    public Heard(Time time) {
        this.time = time;
    }

    /** Makes a call; its begin counts once it is answered. */
    public <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        long began = time.nanos();
        return call.get().whenComplete((answer, failed) -> {
            if (failed == null) {
                answered(began);
            }
        });
    }

    private synchronized void answered(long began) {
        if (last.isEmpty() || began - last.getAsLong() > 0) {
            last = OptionalLong.of(began);
        }
    }

    /** Says what {@link ControlStore#heardAt} has to say. */
    public synchronized OptionalLong at() {
        return last;
    }
}
