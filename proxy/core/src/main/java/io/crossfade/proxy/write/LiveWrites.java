package io.crossfade.proxy.write;

import io.crossfade.proxy.route.Feeding;

/**
 * What the live writes of one collection have in common, whichever route they take.
 *
 * @param lanes of its keys; a call of an older route and one of a newer may meet in them
 * @param feeding hears which vectors clients do not send
 * @param latency of writes to two indexes
 */
public record LiveWrites(Lanes lanes, Feeding feeding, LiveLatency latency) {
    public LiveWrites(Feeding feeding, LiveLatency latency) {
        this(new Lanes(), feeding, latency);
    }
}
