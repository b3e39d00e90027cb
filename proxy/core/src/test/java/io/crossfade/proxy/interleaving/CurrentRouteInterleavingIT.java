package io.crossfade.proxy.interleaving;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.kit.memory.MemoryIndex;
import io.crossfade.proxy.kit.memory.MemoryStore;
import io.crossfade.proxy.model.TextSource;
import io.crossfade.proxy.route.CurrentRoute;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Epochs only grow, a call is counted into the route that it reads, and a swap ends when the older calls have. */
public final class CurrentRouteInterleavingIT {
    private static final IndexDefinition DEFINITION =
            new IndexDefinition("old", "memory", Map.of(), TextSource.OWN, Map.of());

    @Test
    void epochs_onlyGrow_andNoCallIsLeftBehind() {
        Interleavings.check(Operations.class);
    }

    private static Route route(long epoch) {
        Participant primary = new Participant(
                DEFINITION, new MemoryIndex(DEFINITION, new MemoryStore(), Runnable::run, new StillTime()), Map.of());
        return new Route.Single(
                "documents", epoch, primary, false, (route, call, timeout, admission) -> new CompletableFuture<>());
    }

    public static final class Operations {
        private final CurrentRoute current = new CurrentRoute(route(1));
        private final ConcurrentLinkedQueue<CompletableFuture<Void>> swaps = new ConcurrentLinkedQueue<>();

        @Operation
        public long write() {
            Route route = current.enterWrite();
            if (route.writes().count() == 0) {
                throw new AssertionError("a call that is not counted");
            }
            route.writes().exit();
            return route.epoch();
        }

        @Operation
        public long read() {
            Route route = current.enterRead();
            route.reads().exit();
            return route.epoch();
        }

        @Operation
        public boolean swap(@Param(gen = IntGen.class, conf = "1:4") int epoch) {
            try {
                swaps.add(current.swap(route(epoch)));
                return true;
            } catch (IllegalStateException older) {
                return false;
            }
        }

        @Validate
        public void allSwapsHaveEnded() {
            if (!swaps.stream().allMatch(CompletableFuture::isDone)) {
                throw new AssertionError("a swap waits for calls that have ended");
            }
        }
    }
}
