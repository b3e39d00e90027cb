package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a journal back that was lost: opens what is whole of its store again, in other files, and records anew all that is
 * known, each second until that succeeds. The files that have failed are not used again.
 */
final class JournalRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRecovery.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final int GROUP = 1_024;

    private final JournalStore store;
    private final Executor syncs;
    private final Journal.Recovery how;
    private final Time time;
    private final Supplier<CompletableFuture<Void>> appendsEnd;
    private final BooleanSupplier isNeeded;
    private final Runnable recovered;

    /**
     * @param syncs runs what waits for the disk
     * @param appendsEnd completes, or fails, when nobody uses the store any more, nor will until it has recovered
     * @param isNeeded false once it has recovered, or is closed
     * @param recovered told on the thread of syncs
     */
    JournalRecovery(
            JournalStore store,
            Executor syncs,
            Journal.Recovery how,
            Time time,
            Supplier<CompletableFuture<Void>> appendsEnd,
            BooleanSupplier isNeeded,
            Runnable recovered) {
        this.store = store;
        this.syncs = syncs;
        this.how = how;
        this.time = time;
        this.appendsEnd = appendsEnd;
        this.isNeeded = isNeeded;
        this.recovered = recovered;
    }

    /** Tries after a rest. */
    void tryLater() {
        time.after(BETWEEN_TRIES, () -> Branches.take(appendsEnd.get(), (ended, failed) -> onSyncs(this::tryNow)));
    }

    private void onSyncs(Runnable task) {
        try {
            syncs.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("the journal was closed before it had recovered", e);
        }
    }

    private void tryNow() {
        if (!isNeeded.getAsBoolean()) {
            return;
        }
        try {
            recordAll(how.everything(store.reopen()));
        } catch (IOException | RuntimeException e) {
            LOG.debug("the journal cannot record yet", e);
            tryLater();
            return;
        }
        recovered.run();
        how.recovered();
    }

    private void recordAll(List<JournalStore.Change> everything) throws IOException {
        store.begin();
        for (int from = 0; from < everything.size(); from += GROUP) {
            store.apply(everything.subList(from, Math.min(everything.size(), from + GROUP)));
        }
        store.sync();
    }
}
