package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.interleaving.Interleavings;
import io.crossfade.proxy.interleaving.StillTime;
import io.crossfade.proxy.model.Key;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Of one key: forwards are alone (R3), no reconcile runs beside one (R4), a comparison that gets a verdict saw no write
 * in the middle (R25), and what has ended is closed by the next reconcile (R5).
 */
public final class MarksInterleavingIT {
    private static final Key KEY = Key.of("k");

    @Test
    void marksOfAKey_keepItsRequestsApart() {
        Interleavings.check(Operations.class, Journal.class);
    }

    public static final class Operations {
        private final Marks marks = new Marks(
                new Journal(new CountingStore(), JournalThreads.both(Runnable::run), (first, cause) -> {}),
                new StillTime(),
                0);
        private final AtomicInteger forwards = new AtomicInteger();
        private final AtomicInteger leader = new AtomicInteger();
        private final AtomicInteger follower = new AtomicInteger();
        private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();

        @Operation
        public void appliedByBoth() {
            write(true);
        }

        @Operation
        public void lostByTheFollower() {
            write(false);
        }

        private void write(boolean applied) {
            Mark mark = marks.open(List.of(new Marks.Opening(
                            new MarkRecord(marks.nextSequence(), KEY, 1, 1, MarkRecord.Kind.WRITE, true, "", List.of()),
                            Marks.Forward.IF_ONLY_MARK,
                            () -> {})))
                    .get(0);
            int now = leader.incrementAndGet();
            if (mark.isForwarded() && forwards.incrementAndGet() > 1) {
                wrong.add("two forwards");
            }
            if (mark.isForwarded() && applied) {
                follower.set(now);
            }
            if (mark.isForwarded()) {
                forwards.decrementAndGet();
            }
            if (mark.isForwarded() && applied && mark.isAlone()) {
                marks.close(mark);
            } else {
                marks.end(mark, Duration.ZERO);
            }
        }

        @Operation
        public void reconcile() {
            marks.capture(KEY, 1).ifPresent(capture -> {
                if (forwards.get() > 0) {
                    wrong.add("a reconcile beside a forward");
                }
                int read = leader.get();
                follower.set(read);
                if (leader.get() == read && marks.isAllOf(capture)) {
                    marks.closeAll(capture);
                } else {
                    marks.giveUp(capture, Duration.ZERO, "given up");
                }
            });
        }

        @Operation
        public void compare() {
            Long before = marks.quietGeneration(KEY);
            boolean equal = leader.get() == follower.get();
            Long after = marks.quietGeneration(KEY);
            if (before != null && before.equals(after) && !equal) {
                wrong.add("a verdict while a write ran");
            }
        }

        @Validate
        public void oneMoreReconcileLeavesNothing() {
            reconcile();
            if (!wrong.isEmpty() || marks.pendingKeys() != 0 || marks.bytes() != 0) {
                throw new AssertionError(
                        wrong + "; pending " + marks.pendingKeys() + ", bytes " + marks.bytes() + " (expected: none)");
            }
        }
    }
}
