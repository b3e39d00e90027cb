package io.crossfade.proxy.migration.state;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;

/**
 * The records of a control store.
 *
 * @param dice numbers from 0 to 1, so that those who wait do not come back all at once
 */
public record Records(ControlStore store, Time time, DoubleSupplier dice, RecordSettings settings) {
    /** Gives access to the record of this name, whether there is one yet or not. */
    public <T> StateRecord<T> of(String name, Class<T> type) {
        return of(name, type, StateRecord.IfDamaged.REFUSE);
    }

    /** Gives access to a record, of which it is known what to do if it is damaged. */
    public <T> StateRecord<T> of(String name, Class<T> type, StateRecord.IfDamaged ifDamaged) {
        return new StateRecord<>(this, name, type, ifDamaged);
    }

    /** Completes when it is time to try again: after half of the wait at least. */
    CompletableFuture<Void> restAfter(int attempted) {
        Duration wait = settings.waitAfter(attempted);
        return time.rest(Duration.ofNanos((long) (wait.toNanos() * (0.5 + dice.getAsDouble() / 2))));
    }
}
