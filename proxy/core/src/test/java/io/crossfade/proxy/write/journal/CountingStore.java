package io.crossfade.proxy.write.journal;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Forgets everything but how often it was asked, and whether by two at once for the same. */
final class CountingStore implements JournalStore {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger together = new AtomicInteger();
    private final AtomicInteger tried = new AtomicInteger();
    private final AtomicInteger applying = new AtomicInteger();
    private final AtomicInteger syncing = new AtomicInteger();

    @Override
    public Contents load() {
        return new Contents(List.of(), List.of(), List.of(), 0, 0, true, false);
    }

    @Override
    public void begin() {}

    @Override
    public void apply(List<Change> changes) {
        alone(applying, () -> {
            for (Change change : changes) {
                if (change instanceof Change.Open) {
                    opened.incrementAndGet();
                } else if (change instanceof Change.Close) {
                    closed.incrementAndGet();
                }
            }
        });
    }

    /** Every second time it would have to wait. */
    @Override
    public boolean tryApply(List<Change> changes) {
        if (tried.incrementAndGet() % 2 == 0) {
            return false;
        }
        apply(changes);
        return true;
    }

    @Override
    public void sync() {
        alone(syncing, () -> {});
    }

    private void alone(AtomicInteger inside, Runnable work) {
        if (inside.incrementAndGet() > 1) {
            together.incrementAndGet();
        }
        work.run();
        inside.decrementAndGet();
    }

    @Override
    public long written() {
        return 0;
    }

    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {}
}
