package io.crossfade.proxy.migration;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.VersionClock;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.DualWriter;
import io.crossfade.proxy.write.Writer;
import io.crossfade.proxy.write.journal.DirtyFlag;
import io.crossfade.proxy.write.journal.Journal;
import io.crossfade.proxy.write.journal.JournalStore;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Parked;
import io.crossfade.proxy.write.journal.ParkedRecord;
import io.crossfade.proxy.write.mirror.Mirror;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a member holds for one migration of one collection: its journal and all that works with it. Exists from the
 * PREPARE of MIRRORING to the end of the migration, and is opened again after a restart.
 */
public final class Works implements AutoCloseable {
    private final JournalStore.Contents found;
    private final DirtyFlag dirty;
    private final Journal journal;
    private final Marks marks;
    private final Parked parked;
    private final Mirror mirror;
    private final VersionClock versions;
    private final DualWriter writer;
    private final Reconciler reconciler;
    private boolean openMarksLost;
    private final AtomicLong losses = new AtomicLong();
    private final Set<Key> refreshing = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean refusing = new AtomicBoolean();
    private volatile Runnable onPending = () -> {};
    private volatile Supplier<Optional<Route>> now = Optional::empty;
    private volatile @Nullable Listener listener;

    private Works(
            String collection,
            MigrationSettings settings,
            JournalStore store,
            DirtyFlag dirty,
            Writer front,
            Time time,
            Executor journalThread,
            Duration settle)
            throws IOException {
        this.dirty = dirty;
        this.found = store.load();
        this.versions = new VersionClock(time, found.highestVersion());
        this.journal = new Journal(store, journalThread, (first, cause) -> lose(settings, first, cause));
        this.marks = new Marks(journal, time, found.highestSequence());
        marks.restore(found.marks(), settle);
        this.parked = new Parked(journal, marks, found.parked());
        this.mirror = new Mirror(collection, settings.mirror(), time);
        this.writer = new DualWriter(
                front.lanes(),
                versions,
                marks,
                parked,
                journal,
                mirror,
                time,
                new DualWriter.Limits(settings.ackWait(), settings.maxPending(), settings.maxJournalBytes()),
                () -> onPending.run());
        this.reconciler = new Reconciler(
                marks,
                parked,
                mirror,
                settings.engineTimeout(),
                settings.retryAfter(),
                () -> onPending.run(),
                key -> refresh(front, key, settings.engineTimeout()),
                () -> now.get());
    }

    /** An empty update, which embeds what stands. What comes of it is seen by the next reconcile of the key. */
    private void refresh(Writer front, Key key, Duration timeout) {
        if (refreshing.add(key)) {
            WriteCall call = new WriteCall(List.of(new WriteOp.UpdateMetadata(key, MetadataPatch.NONE)), "", "");
            front.write(call, timeout).whenComplete((done, failed) -> refreshing.remove(key));
        }
    }

    /**
     * @param store not loaded yet
     * @param doubt why records may be missing; empty if none can be
     * @param settle how long requests of a stopped process can still take effect, in either engine (R7)
     */
    public static Works open(
            String collection,
            MigrationSettings settings,
            JournalStore store,
            Writer front,
            Time time,
            Executor journalThread,
            Optional<String> doubt,
            Duration settle)
            throws IOException {
        DirtyFlag dirty = DirtyFlag.open(settings.journalDirectory().resolve("dirty"));
        Works works = new Works(collection, settings, store, dirty, front, time, journalThread, settle);
        Optional<String> reason = works.found.afterPowerLoss()
                ? Optional.of("the machine restarted without an orderly stop of the sidecar")
                : doubt;
        if (reason.isPresent()) {
            dirty.set(0, reason.get());
        }
        store.begin();
        return works;
    }

    private synchronized void lose(MigrationSettings settings, long firstVersion, IOException cause)
            throws IOException {
        String reason = String.valueOf(cause.getMessage());
        if (settings.refuseOnLoss()) {
            if (refusing.compareAndSet(false, true)) {
                tell(hearing -> hearing.writesRefused(reason));
            }
            throw cause;
        }
        losses.incrementAndGet();
        long since = Math.min(firstVersion, versions.last());
        boolean losesOpenMarks = journal.isLost() && !openMarksLost;
        if (losesOpenMarks) {
            since = Math.min(since, marks.lowestVersion());
        }
        boolean isNews = dirty.range().isEmpty();
        dirty.set(since, reason);
        openMarksLost |= losesOpenMarks;
        if (isNews) {
            long first = since;
            tell(hearing -> hearing.recordsLost(first, reason));
        }
    }

    private void tell(Consumer<Listener> news) {
        Listener hearing = listener;
        if (hearing != null) {
            news.accept(hearing);
        }
    }

    /** Hears what an operator should know. Called on whichever thread it happens, so it must be quick. */
    public interface Listener {
        /** States as in {@link Status.Breaker}. */
        void breakerMoved(String from, String to);

        void parked(ParkedRecord document);

        /** Writes from that version on may have no record: the range is dirty now. */
        void recordsLost(long since, String reason);

        /** The journal cannot record, and is set to refuse writes rather than lose records; told once. */
        void writesRefused(String reason);
    }

    /** There is one listener. It is told at once of a dirty range that was there before. */
    public void listen(Listener hearing) {
        listener = hearing;
        parked.onParked(hearing::parked);
        mirror.breaker()
                .getEventPublisher()
                .onStateTransition(event -> hearing.breakerMoved(
                        event.getStateTransition().getFromState().name(),
                        event.getStateTransition().getToState().name()));
        dirty.range().ifPresent(range -> hearing.recordsLost(range.since(), range.reason()));
    }

    /** Called whenever a write has left work for reconcile. */
    public void onPending(Runnable listener) {
        onPending = listener;
    }

    /** Nothing is reconciled before this is set, and then on the route that it names (R24). */
    public void reconcileOn(Supplier<Optional<Route>> route) {
        now = route;
    }

    /** What the journal held when it was opened. */
    public JournalStore.Contents found() {
        return found;
    }

    /** How often a record was lost; if it has not grown during a comparison, nothing slipped by meanwhile. */
    public long losses() {
        return losses.get();
    }

    /** Both indexes have been compared whole, and are equal; ends the dirty range unless records were lost meanwhile. */
    public synchronized void comparedSince(long lossesBefore) throws IOException {
        if (losses.get() == lossesBefore && !journal.isLost()) {
            dirty.clear();
        }
    }

    public DirtyFlag dirty() {
        return dirty;
    }

    public Journal journal() {
        return journal;
    }

    public Marks marks() {
        return marks;
    }

    public Parked parked() {
        return parked;
    }

    public Mirror mirror() {
        return mirror;
    }

    public VersionClock versions() {
        return versions;
    }

    public DualWriter writer() {
        return writer;
    }

    public Reconciler reconciler() {
        return reconciler;
    }

    @Override
    public void close() throws IOException {
        try {
            journal.close();
        } finally {
            dirty.close();
        }
    }
}
