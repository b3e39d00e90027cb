package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Appends records in groups on one thread: whatever was asked for while a group was being written forms the next one,
 * and one sync serves all who wait for it (group commit). The queue is lossless; it is bounded by the calls in flight,
 * each of which has at most one group of records in it.
 *
 * <p>The first failed append or sync loses the journal for good, until the sidecar is restarted: from then on
 * {@link Loss} decides, once per failure, whether calls go on without a record.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>syncedSinceApply, highestVersion, closed</td><td>the journal's thread</td><td>the same</td></tr>
 * <tr><td>failure, written</td><td>the journal's thread</td><td>volatile: read by comparisons, and by notes</td></tr>
 * <tr><td>queue, scheduled</td><td>any thread</td><td>atomic</td></tr>
 * </table>
 */
public final class Journal implements AutoCloseable {
    private static final int LARGEST_GROUP = 1_024;

    private final JournalStore store;
    private final Executor thread;
    private final Loss loss;
    private final LinkedBlockingQueue<Request> queue = new LinkedBlockingQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    // From here on owned by the journal's thread.
    private volatile @Nullable IOException failure;
    private volatile long written;
    private boolean syncedSinceApply = true;
    private long highestVersion;
    private boolean closed;

    /**
     * @param thread runs one task at a time
     */
    public Journal(JournalStore store, Executor thread, Loss loss) {
        this.store = store;
        this.thread = thread;
        this.loss = loss;
        this.written = store.written();
    }

    /** What happens when a record cannot be kept. */
    @FunctionalInterface
    public interface Loss {
        /**
         * Called on the journal's thread.
         *
         * @param firstVersion of the writes whose records are lost
         * @throws IOException if the loss itself could not be recorded durably, so that calls must be refused
         */
        void recordLost(long firstVersion, IOException cause) throws IOException;
    }

    private record Request(List<JournalStore.Change> changes, boolean sync, CompletableFuture<Void> done) {}

    /** Records marks; completes when they survive the end of this process. Fails with {@link JournalLostException}. */
    public CompletableFuture<Void> open(List<MarkRecord> marks) {
        List<JournalStore.Change> changes = new ArrayList<>(marks.size());
        marks.forEach(mark -> changes.add(new JournalStore.Change.Open(mark)));
        return enqueue(changes, false);
    }

    /**
     * Closes a mark, some time. Nobody waits for it: until then the mark is found open again after a crash, which costs
     * a reconcile.
     */
    public void close(long sequence) {
        Branches.drop(
                enqueue(List.of(new JournalStore.Change.Close(sequence)), false),
                "a mark whose closing is lost is found open, and reconciled");
    }

    /**
     * Parks a document; completes when its place among the parked, and its closed marks, survive the end of the
     * machine.
     */
    public CompletableFuture<Void> park(ParkedRecord document, List<Long> closing) {
        List<JournalStore.Change> changes = new ArrayList<>(closing.size() + 1);
        changes.add(new JournalStore.Change.Park(document));
        closing.forEach(sequence -> changes.add(new JournalStore.Change.Close(sequence)));
        return enqueue(changes, true);
    }

    /**
     * Records that there is no room to record writes from this version on. Completes when that is known durably; fails
     * with {@link JournalLostException} if calls must be refused.
     */
    public CompletableFuture<Void> overflow(long firstVersion, String reason) {
        try {
            return CompletableFuture.runAsync(() -> recordOverflow(firstVersion, reason), thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(closed(e));
        }
    }

    private void recordOverflow(long firstVersion, String reason) {
        if (closed) {
            throw closed(null);
        }
        try {
            loss.recordLost(firstVersion, new IOException(reason));
        } catch (IOException refused) {
            throw new JournalLostException(reason, refused);
        }
    }

    /** Records how far the notes on an index have come; completes when that survives the end of this process. */
    public CompletableFuture<Void> note(Sent sent) {
        return enqueue(List.of(new JournalStore.Change.Note(sent)), false);
    }

    /** {@link JournalStore#written} at this moment, or a little before. */
    public long written() {
        return written;
    }

    /** Takes a document from the parked, as lazily as {@link #close}. */
    public void unpark(Key key) {
        Branches.drop(
                enqueue(List.of(new JournalStore.Change.Unpark(key)), false),
                "a document that is found parked once more is reconciled, and goes");
    }

    /** Completes when everything asked for before survives the end of the machine. */
    public CompletableFuture<Void> sync() {
        return enqueue(List.of(), true);
    }

    /** Whether no record has been kept since some write failed; a restart is needed then. */
    public boolean isLost() {
        return failure != null;
    }

    public long bytes() {
        return store.bytes();
    }

    private CompletableFuture<Void> enqueue(List<JournalStore.Change> changes, boolean sync) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        queue.add(new Request(changes, sync, done));
        schedule();
        return done;
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                thread.execute(this::drain);
            } catch (RejectedExecutionException e) {
                scheduled.set(false);
                refuse(closed(e));
            }
        }
    }

    private void refuse(JournalLostException why) {
        for (Request request = queue.poll(); request != null; request = queue.poll()) {
            request.done().completeExceptionally(why);
        }
    }

    private static JournalLostException closed(@Nullable Throwable cause) {
        return new JournalLostException("the journal is closed", cause);
    }

    private void drain() {
        List<Request> group = new ArrayList<>();
        queue.drainTo(group, LARGEST_GROUP);
        try {
            write(group);
        } finally {
            scheduled.set(false);
            if (!queue.isEmpty()) {
                schedule();
            }
        }
    }

    private void write(List<Request> group) {
        if (closed) {
            group.forEach(request -> request.done().completeExceptionally(closed(null)));
            return;
        }
        List<JournalStore.Change> changes = new ArrayList<>();
        boolean sync = false;
        for (Request request : group) {
            changes.addAll(request.changes());
            sync |= request.sync();
        }
        try {
            apply(changes, sync);
        } catch (IOException e) {
            lose(group, changes, e);
            return;
        } catch (RuntimeException e) {
            lose(group, changes, new IOException("journal: " + e, e));
            return;
        }
        group.forEach(request -> request.done().complete(null));
    }

    private void apply(List<JournalStore.Change> changes, boolean sync) throws IOException {
        IOException before = failure;
        if (before != null) {
            throw before;
        }
        if (!changes.isEmpty()) {
            addHighestVersion(changes);
            store.apply(changes);
            written = store.written();
            syncedSinceApply = false;
        }
        if (sync && !syncedSinceApply) {
            store.sync();
            syncedSinceApply = true;
        }
    }

    private void addHighestVersion(List<JournalStore.Change> changes) {
        long highest = highestVersion;
        for (JournalStore.Change change : changes) {
            if (change instanceof JournalStore.Change.Open open) {
                highest = Math.max(highest, open.mark().version());
            }
        }
        if (highest > highestVersion) {
            highestVersion = highest;
            changes.add(new JournalStore.Change.HighestVersion(highest));
        }
    }

    private void lose(List<Request> group, List<JournalStore.Change> changes, IOException cause) {
        failure = cause;
        try {
            loss.recordLost(firstVersion(changes), cause);
            group.forEach(request -> request.done().complete(null));
        } catch (IOException refused) {
            JournalLostException lost = new JournalLostException("the journal cannot record: " + cause, refused);
            group.forEach(request -> request.done().completeExceptionally(lost));
        }
    }

    private static long firstVersion(List<JournalStore.Change> changes) {
        long first = Long.MAX_VALUE;
        for (JournalStore.Change change : changes) {
            if (change instanceof JournalStore.Change.Open open && open.mark().version() > 0) {
                first = Math.min(first, open.mark().version());
            }
        }
        return first;
    }

    /**
     * Writes what is queued and closes the store. What is asked for later, by requests that are answered only then, is
     * refused: a closed store is never touched.
     */
    @Override
    public void close() throws IOException {
        CompletableFuture<Void> ended = sync().handle((done, failed) -> {
            closed = true;
            try {
                store.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            return null;
        });
        try {
            ended.join();
        } catch (CompletionException e) {
            throw new IOException("the journal could not be closed", Cause.of(e));
        }
    }
}
