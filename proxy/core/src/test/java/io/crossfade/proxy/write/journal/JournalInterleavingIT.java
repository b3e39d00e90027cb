package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.interleaving.Interleavings;
import io.crossfade.proxy.model.Key;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** What many ask for is written once each, by one at a time, and each is told. */
public final class JournalInterleavingIT {
    @Test
    void asked_isWrittenOnceByOneAtATime() {
        Interleavings.check(Operations.class);
    }

    /** Also where callers write themselves, and leave some to the thread. */
    @Test
    void askedInTurns_isWrittenOnceByOneAtATime() {
        Interleavings.check(OperationsInTurns.class);
    }

    public static final class OperationsInTurns extends Operations {
        public OperationsInTurns() {
            super(task -> {
                task.run();
                return true;
            });
        }
    }

    public static class Operations {
        private final CountingStore store = new CountingStore();
        private final Journal journal;

        public Operations() {
            this(Turns.NONE);
        }

        Operations(Turns turns) {
            journal =
                    new Journal(store, new Journal.Threads(turns, Runnable::run, Runnable::run), (first, cause) -> {});
        }

        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger told = new AtomicInteger();

        @Operation
        public void open() {
            asked.incrementAndGet();
            journal.open(List.of(new MarkRecord(1, Key.of("k"), 7, 1, MarkRecord.Kind.WRITE, true, "", List.of())))
                    .thenRun(told::incrementAndGet);
        }

        @Operation
        public void close() {
            journal.close(1);
        }

        @Operation
        public void sync() {
            asked.incrementAndGet();
            journal.sync().thenRun(told::incrementAndGet);
        }

        @Validate
        public void allAreTold() {
            if (store.together.get() != 0 || asked.get() != told.get()) {
                throw new AssertionError("together " + store.together + ", asked " + asked + ", told " + told);
            }
        }
    }
}
