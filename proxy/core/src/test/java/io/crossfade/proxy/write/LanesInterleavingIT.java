package io.crossfade.proxy.write;

import io.crossfade.proxy.interleaving.Interleavings;
import io.crossfade.proxy.model.Key;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** One call at a time is in a lane, each has its turn, and nothing is left when all are done. */
public final class LanesInterleavingIT {
    private static final Key A = Key.of("a");
    private static final Key B = Key.of("b");

    @Test
    void lanes_areTakenByOneAtATime_andAllHaveTheirTurn() {
        Interleavings.check(Operations.class);
    }

    public static final class Operations {
        private final Lanes lanes = new Lanes();
        private final AtomicInteger inA = new AtomicInteger();
        private final AtomicInteger inB = new AtomicInteger();
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final AtomicInteger together = new AtomicInteger();

        @Operation
        public void a() {
            take(List.of(A));
        }

        @Operation
        public void both() {
            take(List.of(A, B));
        }

        private void take(List<Key> keys) {
            begun.incrementAndGet();
            lanes.take(keys).thenAccept(lease -> {
                enter(keys, 1);
                enter(keys, -1);
                ended.incrementAndGet();
                lease.release();
            });
        }

        private void enter(List<Key> keys, int step) {
            for (Key key : keys) {
                int inside = (key.equals(A) ? inA : inB).addAndGet(step);
                if (inside < 0 || inside > 1) {
                    together.incrementAndGet();
                }
            }
        }

        @Validate
        public void allHadTheirTurn() {
            if (together.get() != 0 || begun.get() != ended.get() || lanes.size() != 0) {
                throw new AssertionError(
                        "together " + together + ", begun " + begun + ", ended " + ended + ", left " + lanes.size());
            }
        }
    }
}
