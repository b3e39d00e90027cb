package io.crossfade.proxy.interleaving;

import io.crossfade.proxy.route.WriteGate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Never more wait than may, nobody is refused while there is room, and who waits goes on once the gate is open. */
public final class WriteGateInterleavingIT {
    @Test
    void noMoreThanMayAreHeld_andNobodyIsRefusedWhileThereIsRoom() {
        Interleavings.check(Room.class);
    }

    @Test
    void held_goOnOnceItIsOpen() {
        Interleavings.check(Holding.class);
    }

    public static final class Room {
        private final WriteGate gate = new WriteGate(new StillTime(), Duration.ofSeconds(1), 1);

        public Room() {
            gate.startWaiting();
        }

        @Operation
        public boolean start() {
            return gate.startWaiting();
        }

        @Operation(nonParallelGroup = "those that wait")
        public boolean stop() {
            boolean waits = gate.heldWrites() == 1;
            if (waits) {
                gate.stopWaiting();
            }
            return waits;
        }
    }

    public static final class Holding {
        private final WriteGate gate = new WriteGate(new StillTime(), Duration.ofSeconds(1), 1);
        private final ConcurrentLinkedQueue<CompletableFuture<Void>> waits = new ConcurrentLinkedQueue<>();

        @Operation
        public void hold() {
            gate.hold(() -> {});
            CompletableFuture<Void> closed = gate.closed();
            if (closed != null) {
                waits.add(closed);
            }
        }

        @Operation
        public void release() {
            gate.release();
        }

        @Validate
        public void heldGoOn() {
            if (!gate.isHolding() && !waits.stream().allMatch(CompletableFuture::isDone)) {
                throw new AssertionError("the gate is open, and somebody waits");
            }
        }
    }
}
