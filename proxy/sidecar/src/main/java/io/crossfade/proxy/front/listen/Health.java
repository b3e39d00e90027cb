package io.crossfade.proxy.front.listen;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

/**
 * Tells whether calls are welcome: grpc.health.v1 on the gRPC listeners, {@code /ready} on the ops listener. Depends on
 * the sidecar alone, never on an engine. Begins as not ready; not ready for good after {@link #stop}. Written by the
 * sidecar's start and stop, read by any thread.
 */
public final class Health {
    private final HealthStatusManager manager = new HealthStatusManager();
    private volatile boolean ready;
    private volatile boolean stopped;

    public Health() {
        setReady(false);
    }

    /**
     * @param ready routes are known and the journal is open
     */
    public void setReady(boolean ready) {
        this.ready = ready;
        manager.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    public boolean isReady() {
        return ready && !stopped;
    }

    public void stop() {
        stopped = true;
        manager.enterTerminalState();
    }

    public BindableService service() {
        return manager.getHealthService();
    }
}
