package io.crossfade.proxy.assembly;

import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.migration.member.Participants;
import io.crossfade.proxy.observe.Observer;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.time.TimersOn;
import io.crossfade.proxy.write.journal.JournalStores;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * The ports: everything outside its collections that a sidecar touches. Production brings the real things, the
 * simulation its own; everything between is the same code.
 *
 * @param member name of this sidecar in the fleet
 * @param control keeps the records that sidecars agree on
 * @param participants opens the configured indexes
 * @param journals the directory in which each collection's journal has one of its own
 * @param stores opens what is in it
 * @param time clock and timers; their tasks are short
 * @param blocking opens and closes journals, as a step needs it
 * @param background runs what timers begin and what takes longer than a timer's thread should be kept
 * @param dice numbers from 0 (inclusive) to 1, to draw samples with
 * @param random words that never repeat, to know things by
 * @param observer sees what goes on
 */
public record Surroundings(
        String member,
        ControlStore control,
        Participants participants,
        Path journals,
        JournalStores stores,
        Time time,
        Executor blocking,
        Executor background,
        DoubleSupplier dice,
        Supplier<String> random,
        Observer observer) {
    /** Timers for work that takes longer than a timer's thread should be kept. */
    Time unhurried() {
        return new TimersOn(time, background);
    }
}
