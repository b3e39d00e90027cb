package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Appends records in groups, one group at a time: whatever was asked for while one was being written forms the next. A
 * thread that has turns, as an event loop does, writes them itself when it has worked on all that has arrived, so that a call needs
 * no other thread to go on; where that would have to wait for the disk, and for all who have no turns, there is a thread.
 * Syncs are made on another, one at a time, and each serves all who wait for it (group commit). So to record a mark takes
 * the page cache only, however long the disk takes to sync for others. The queues are lossless; they are bounded by the calls
 * in flight, each of which has at most one request in them.
 *
 * <p>The first failed append or sync loses the journal: from then on {@link Loss} decides, once per failure, whether calls go
 * on without a record. Each second it is tried to open what is whole of it again, in other files ({@link Recovery}); all that is
 * known then is recorded anew.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>highestVersion</td><td>who appends: one at a time, who has set {@code appending}</td><td>the same</td></tr>
 * <tr><td>synced, ended</td><td>the thread of syncs</td><td>the same</td></tr>
 * <tr><td>applied, written, closed</td><td>who appends</td><td>volatile: read by the thread of syncs, by comparisons and by
 * notes</td></tr>
 * <tr><td>bytes</td><td>the thread of syncs</td><td>volatile: read by calls</td></tr>
 * <tr><td>failure</td><td>who appends, or the thread of syncs</td><td>volatile</td></tr>
 * <tr><td>recovery</td><td>the owner, once</td><td>volatile</td></tr>
 * <tr><td>queue, waiting, appending, syncing, looking</td><td>any thread</td><td>atomic</td></tr>
 * </table>
 */
public final class Journal implements AutoCloseable {
    private static final int LARGEST_GROUP = 1_024;

    /** What a thread does in one turn for calls that are not all its own is bounded. */
    private static final int LARGEST_GROUP_OF_A_TURN = 128;

    private static final int BETWEEN_LOOKS = 256;

    private final JournalStore store;
    private final Threads threads;
    private final Loss loss;
    private final LinkedBlockingQueue<Request> queue = new LinkedBlockingQueue<>();
    private final AtomicBoolean appending = new AtomicBoolean();
    private final LinkedBlockingQueue<Request> waiting = new LinkedBlockingQueue<>();
    private final AtomicBoolean syncing = new AtomicBoolean();
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile @Nullable IOException failure;
    private volatile @Nullable JournalRecovery recovery;
    // From here on owned by who appends.
    private volatile long written;
    private volatile long applied;
    private volatile boolean closed;
    private long highestVersion;
    // From here on owned by the thread of syncs.
    private volatile long bytes;
    private long synced;
    private boolean ended;

    /**
     * What a journal runs on.
     *
     * @param turns of threads that append themselves
     * @param appends runs what they leave, one task at a time
     * @param syncs runs what waits for the disk, one task at a time
     */
    public record Threads(Turns turns, Executor appends, Executor syncs) {}

    public Journal(JournalStore store, Threads threads, Loss loss) {
        this.store = store;
        this.threads = threads;
        this.loss = loss;
        this.written = store.written();
        this.bytes = store.bytes();
    }

    /** What happens when a record cannot be kept. */
    @FunctionalInterface
    public interface Loss {
        /**
         * Called on either of the journal's threads, and not in a turn.
         *
         * @param firstVersion of the writes whose records are lost
         * @throws IOException if the loss itself could not be recorded durably, so that calls must be refused
         */
        void recordLost(long firstVersion, IOException cause) throws IOException;
    }

    /**
     * @param sync answered after a sync
     * @param last the store is closed after it
     */
    private record Request(
            List<JournalStore.Change> changes, boolean sync, boolean last, CompletableFuture<Void> done) {
        static Request of(List<JournalStore.Change> changes, boolean sync) {
            return new Request(changes, sync, false, new CompletableFuture<>());
        }

        static Request toClose() {
            return new Request(List.of(), true, true, new CompletableFuture<>());
        }
    }

    /** What a journal that was lost needs to record again. */
    public interface Recovery {
        /** All that is to be recorded, in the place of what was found. */
        List<JournalStore.Change> everything(JournalStore.Contents found);

        /** Hears that records are kept again from now on. */
        void recovered();
    }

    /** From now on a journal that was lost is tried again, with a rest between two tries. */
    public void recoverWith(Recovery how, Time timers) {
        recovery = new JournalRecovery(
                store, threads.syncs(), how, timers, this::appendsHaveEnded, this::needsRecovery, this::recovered);
    }

    /** Records marks; completes when they survive the end of this process. Fails with {@link JournalLostException}. */
    public CompletableFuture<Void> open(List<MarkRecord> marks) {
        List<JournalStore.Change> changes = new ArrayList<>(marks.size());
        marks.forEach(mark -> changes.add(new JournalStore.Change.Open(mark)));
        return enqueue(changes, false);
    }

    /** Records an open mark anew, some time. Nobody waits for it: until then it is found as it was after a crash. */
    public void replace(MarkRecord mark) {
        Branches.drop(
                open(List.of(mark)), "a mark that is found as it was may carry vectors that its write did not bring");
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
     * Records that there is no room to record writes of these versions. Completes when that is known durably, and that these
     * versions were given; fails with {@link JournalLostException} if calls must be refused.
     */
    public CompletableFuture<Void> overflow(long firstVersion, long lastVersion, String reason) {
        try {
            return CompletableFuture.runAsync(() -> recordOverflow(firstVersion, reason), threads.syncs())
                    .thenCompose(
                            recorded -> enqueue(List.of(new JournalStore.Change.HighestVersion(lastVersion)), false));
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

    /** Whether no record is kept since some write failed. */
    public boolean isLost() {
        return failure != null;
    }

    /** {@link JournalStore#bytes}, or what it was a few hundred records ago. */
    public long bytes() {
        return bytes;
    }

    private CompletableFuture<Void> enqueue(List<JournalStore.Change> changes, boolean sync) {
        return enqueue(Request.of(changes, sync));
    }

    private CompletableFuture<Void> enqueue(Request request) {
        queue.add(request);
        scheduleAppend();
        return request.done();
    }

    private void scheduleAppend() {
        if (appending.compareAndSet(false, true) && !threads.turns().atEnd(this::appendInTurn)) {
            leaveToThread(() -> append(take(LARGEST_GROUP)), queue);
        }
    }

    /** Has the thread go on that may wait. */
    private void leaveToThread(Runnable append, Queue<Request> asked) {
        try {
            threads.appends().execute(() -> {
                try {
                    append.run();
                } finally {
                    appended();
                }
            });
        } catch (RejectedExecutionException e) {
            refuse(asked, closed(e));
            appended();
        }
    }

    private void appended() {
        appending.set(false);
        if (!queue.isEmpty()) {
            scheduleAppend();
        }
    }

    private void scheduleSync() {
        if (syncing.compareAndSet(false, true)) {
            try {
                threads.syncs().execute(this::syncAll);
            } catch (RejectedExecutionException e) {
                syncing.set(false);
                refuse(waiting, closed(e));
            }
        }
    }

    private static void refuse(Queue<Request> asked, JournalLostException why) {
        for (Request request = asked.poll(); request != null; request = asked.poll()) {
            request.done().completeExceptionally(why);
        }
    }

    private static JournalLostException closed(@Nullable Throwable cause) {
        return new JournalLostException("the journal is closed", cause);
    }

    /** What is appended together, and for whom. */
    private record Group(Queue<Request> requests, List<JournalStore.Change> changes) {
        boolean isLast() {
            return requests.stream().anyMatch(Request::last);
        }
    }

    private Group take(int most) {
        Queue<Request> requests = new ArrayDeque<>();
        queue.drainTo(requests, most);
        List<JournalStore.Change> changes = new ArrayList<>();
        requests.forEach(request -> changes.addAll(request.changes()));
        addHighestVersion(changes);
        return new Group(requests, changes);
    }

    /** Appends if that takes no waiting. All that may take some is left to the thread: so is what a failure asks for. */
    private void appendInTurn() {
        Group group = take(LARGEST_GROUP_OF_A_TURN);
        Runnable rest = null;
        try {
            if (closed || !applied(group, store::tryApply)) {
                rest = () -> append(group);
            } else {
                answer(group.requests(), Request::sync, this::leaveToSync, null);
            }
        } catch (IOException e) {
            rest = () -> lose(group, e);
        } catch (RuntimeException e) {
            rest = () -> lose(group, unexpected(e));
        } finally {
            if (rest == null) {
                appended();
            } else {
                leaveToThread(rest, group.requests());
            }
        }
    }

    private void append(Group group) {
        if (closed) {
            refuse(group.requests(), closed(null));
            return;
        }
        try {
            applied(group, changes -> {
                store.apply(changes);
                return true;
            });
            answer(group.requests(), Request::sync, this::leaveToSync, null);
        } catch (IOException e) {
            lose(group, e);
        } catch (RuntimeException e) {
            lose(group, unexpected(e));
        }
    }

    private static IOException unexpected(RuntimeException e) {
        return new IOException("journal: " + e, e);
    }

    private void leaveToSync(Request request) {
        waiting.add(request);
        scheduleSync();
    }

    /**
     * Answers requests.
     *
     * @param leaves which of them somebody else answers
     * @param lost the answer; null if all is well
     */
    private static void answer(
            Iterable<Request> requests,
            Predicate<Request> leaves,
            Consumer<Request> other,
            @Nullable JournalLostException lost) {
        for (Request request : requests) {
            if (leaves.test(request)) {
                other.accept(request);
            } else if (lost == null) {
                request.done().complete(null);
            } else {
                request.done().completeExceptionally(lost);
            }
        }
    }

    /** How changes come into the store; false if they do not. */
    @FunctionalInterface
    private interface Appending {
        boolean append(List<JournalStore.Change> changes) throws IOException;
    }

    /** Whether the changes are in the store now; nothing is, if not. */
    private boolean applied(Group group, Appending appending) throws IOException {
        if (!group.changes().isEmpty()) {
            requireWhole();
            if (!appending.append(group.changes())) {
                return false;
            }
            written = store.written();
            applied++;
            if (applied % BETWEEN_LOOKS == 0) {
                lookAtSize();
            }
        }
        closed = group.isLast();
        return true;
    }

    /** Counts bytes where files may be waited for. */
    private void lookAtSize() {
        if (looking.compareAndSet(false, true)) {
            try {
                threads.syncs().execute(() -> {
                    looking.set(false);
                    if (!ended) {
                        bytes = store.bytes();
                    }
                });
            } catch (RejectedExecutionException e) {
                looking.set(false); // the journal is closed, and nobody asks any more
            }
        }
    }

    private void requireWhole() throws IOException {
        IOException before = failure;
        if (before != null) {
            throw before;
        }
    }

    private void syncAll() {
        List<Request> served = new ArrayList<>();
        waiting.drainTo(served);
        try {
            serve(served);
        } finally {
            syncing.set(false);
            if (!waiting.isEmpty()) {
                scheduleSync();
            }
        }
    }

    private void serve(List<Request> served) {
        if (ended) {
            served.forEach(request -> request.done().completeExceptionally(closed(null)));
            return;
        }
        try {
            syncStore();
            answer(served, Request::last, this::end, null);
        } catch (IOException e) {
            lose(List.of(), e, served, this::end);
        } catch (RuntimeException e) {
            lose(List.of(), unexpected(e), served, this::end);
        }
    }

    /** One sync for all that was applied before it. */
    private void syncStore() throws IOException {
        requireWhole();
        long upTo = applied;
        if (upTo > synced) {
            store.sync();
            synced = upTo;
            bytes = store.bytes();
        }
    }

    private void end(Request last) {
        ended = true;
        try {
            store.close();
            last.done().complete(null);
        } catch (IOException e) {
            last.done().completeExceptionally(e);
        }
    }

    private void addHighestVersion(List<JournalStore.Change> changes) {
        long highest = highestVersion;
        for (JournalStore.Change change : changes) {
            if (change instanceof JournalStore.Change.Open open) {
                highest = Math.max(highest, open.mark().version());
            } else if (change instanceof JournalStore.Change.HighestVersion given) {
                highest = Math.max(highest, given.version());
            }
        }
        changes.removeIf(JournalStore.Change.HighestVersion.class::isInstance);
        if (highest > highestVersion) {
            highestVersion = highest;
            changes.add(new JournalStore.Change.HighestVersion(highest));
        }
    }

    private void lose(Group group, IOException cause) {
        closed |= group.isLast();
        lose(group.changes(), cause, group.requests(), this::leaveToSync);
    }

    /**
     * @param end for the last request of all: the store is closed, whatever it has lost
     */
    private void lose(
            List<JournalStore.Change> changes, IOException cause, Iterable<Request> asked, Consumer<Request> end) {
        boolean isFirst = failure == null;
        failure = cause;
        JournalRecovery again = recovery;
        if (isFirst && again != null) {
            again.tryLater();
        }
        JournalLostException lost = null;
        try {
            loss.recordLost(firstVersion(changes), cause);
        } catch (IOException refused) {
            lost = new JournalLostException("the journal cannot record: " + cause, refused);
        }
        answer(asked, Request::last, end, lost);
    }

    /** On the thread of syncs, when the store holds all again: nobody else has used it since the failure. */
    private void recovered() {
        synced = applied;
        written = store.written();
        bytes = store.bytes();
        failure = null;
    }

    /**
     * Completes when what was being appended has ended. While the journal is lost the store is not touched by what comes
     * after it.
     */
    private CompletableFuture<Void> appendsHaveEnded() {
        return enqueue(List.of(), false);
    }

    private boolean needsRecovery() {
        return failure != null && !closed;
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
     * Writes what is queued, syncs it and closes the store. What is asked for later, by requests that are answered only then,
     * is refused: a closed store is never touched.
     */
    public CompletableFuture<Void> end() {
        return enqueue(Request.toClose());
    }

    /** As {@link #end}, and waits for that. */
    @Override
    public void close() throws IOException {
        try {
            end().join();
        } catch (CompletionException e) {
            throw new IOException("the journal could not be closed", Cause.of(e));
        }
    }
}
