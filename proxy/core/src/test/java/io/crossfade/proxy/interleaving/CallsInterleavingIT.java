package io.crossfade.proxy.interleaving;

import io.crossfade.proxy.route.Calls;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Once closed, nobody enters; whoever waits is told when the last call has ended, not before, and always. */
public final class CallsInterleavingIT {
    @Test
    void closed_isIdleWhenTheLastCallHasEnded() {
        Interleavings.check(Operations.class);
    }

    @Test
    void closedWhileTwoOthersComeAndGo_isIdleWhenTheLastCallHasEnded() {
        Interleavings.checkDeeply(Operations.class);
    }

    public static final class Operations {
        private final Calls calls = new Calls();
        private final AtomicInteger inside = new AtomicInteger();
        private final ConcurrentLinkedQueue<CompletableFuture<Void>> closings = new ConcurrentLinkedQueue<>();

        @Operation
        public boolean call() {
            if (!calls.enter()) {
                return false;
            }
            inside.incrementAndGet();
            if (closings.stream().anyMatch(CompletableFuture::isDone)) {
                throw new AssertionError("idle, and yet a call is inside");
            }
            inside.decrementAndGet();
            calls.exit();
            return true;
        }

        @Operation
        public void close() {
            closings.add(calls.close().thenRun(() -> {
                if (inside.get() != 0) {
                    throw new AssertionError("told before the last call had ended");
                }
            }));
        }

        @Validate
        public void allAreTold() {
            if (calls.count() != 0) {
                throw new AssertionError("calls: " + calls.count() + " (expected: 0)");
            }
            if (!closings.stream().allMatch(closing -> closing.isDone() && !closing.isCompletedExceptionally())) {
                throw new AssertionError("not told, or too early");
            }
        }
    }
}
