package io.crossfade.client;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends gRPC's reconnect backoff, which grows from 1 s to 120 s and cannot be configured, after 100 ms: a sidecar that is
 * back is used at once. One attempt at a time, for as long as the channel is open and broken.
 */
final class Reconnect {
    private static final long INTERVAL_MILLIS = 100;

    private final ManagedChannel channel;
    private final ScheduledExecutorService timer;

    Reconnect(ManagedChannel channel, ScheduledExecutorService timer) {
        this.channel = channel;
        this.timer = timer;
    }

    void watch() {
        ConnectivityState state = channel.getState(false);
        if (state == ConnectivityState.TRANSIENT_FAILURE) {
            // What is scheduled fails only if the channel is closed, and then there is nothing to connect.
            var unused = timer.schedule(this::again, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        } else if (state != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(state, this::watch);
        }
    }

    private void again() {
        channel.resetConnectBackoff();
        watch();
    }
}
