package io.crossfade.proxy.front.listen;

import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tells whether calls are welcome, and if not, why: grpc.health.v1 on the gRPC listeners, {@code /ready} on the ops
 * listener. Depends on the sidecar and its disk alone, never on an engine elsewhere. Begins as not ready; not ready for good
 * after {@link #stop}. Written by the sidecar's start and stop and by a timer, read by any thread.
 */
public final class Health {
    private static final List<String> STARTING = List.of("starting");
    private static final List<String> STOPPING = List.of("stopping");

    private final HealthStatusManager manager = new HealthStatusManager();
    private volatile Supplier<List<String>> troubles = () -> STARTING;
    private volatile boolean stopped;

    public Health() {
        look();
    }

    /**
     * From now on the sidecar is ready, as long as there is no trouble.
     *
     * @param troubles each a sentence for people; asked by every probe, so it must be quick
     */
    public void watch(Supplier<List<String>> troubles) {
        this.troubles = troubles;
        look();
    }

    /** Tells grpc.health.v1, which is pushed and not asked, how things stand. */
    public void look() {
        manager.setStatus(
                HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    public boolean isReady() {
        return whyNot().isEmpty();
    }

    /** Why calls are not welcome; empty if they are. */
    public List<String> whyNot() {
        return stopped ? STOPPING : troubles.get();
    }

    public void stop() {
        stopped = true;
        manager.enterTerminalState();
    }

    public BindableService service() {
        return manager.getHealthService();
    }
}
