package io.crossfade.proxy.write.mirror;

import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.time.Duration;

/**
 * Settings of how writes are applied to the follower.
 *
 * @param ackWait how long an acknowledgement waits for the follower, once the leader has answered
 * @param bothAfterFlip in REVERSED a write is acked only when the old index has it too, unless the breaker is open: then
 *     the new index can be lost for good
 * @param deadline of one follower call
 * @param maxInFlight forwarded writes under way; beyond it a write stays pending and is reconciled
 */
public record MirrorSettings(
        @Default("5ms") Duration ackWait,
        @Default("false") boolean bothAfterFlip,
        @Default("2s") Duration deadline,
        @Default("256") int maxInFlight,
        BreakerSettings breaker) {
    public MirrorSettings {
        new Check()
                .notNegative("ack_wait", ackWait)
                .positive("deadline", deadline)
                .positive("max_in_flight", maxInFlight)
                .done();
    }
}
