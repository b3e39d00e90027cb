package io.crossfade.proxy.migration.mirroring;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.migration.identity.Agreed;
import io.crossfade.proxy.migration.identity.Identities;
import io.crossfade.proxy.migration.identity.IdentitySettings;
import io.crossfade.proxy.migration.reconcile.FailedAlone;
import io.crossfade.proxy.migration.reconcile.ReconcileSettings;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.VersionClock;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import io.crossfade.proxy.write.DualWriter;
import io.crossfade.proxy.write.Lanes;
import io.crossfade.proxy.write.LiveWrites;
import io.crossfade.proxy.write.Trust;
import io.crossfade.proxy.write.Writer;
import io.crossfade.proxy.write.journal.DirtyFlag;
import io.crossfade.proxy.write.journal.Journal;
import io.crossfade.proxy.write.journal.JournalFiles;
import io.crossfade.proxy.write.journal.JournalSettings;
import io.crossfade.proxy.write.journal.JournalStore;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Parked;
import io.crossfade.proxy.write.journal.ParkedRecord;
import io.crossfade.proxy.write.journal.Tail;
import io.crossfade.proxy.write.mirror.Mirror;
import io.crossfade.proxy.write.mirror.MirrorSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a member holds for one migration of one collection: its journal and all that works with it, replay included.
 * Exists from the PREPARE of MIRRORING to the end of the migration, and is opened again after a restart.
 *
 * <table>
 * <caption>State that is shared</caption>
 * <tr><th>field</th><th>written by</th><th>guard</th></tr>
 * <tr><td>openMarksLost, dirty</td><td>the journal's thread, comparisons</td><td>this</td></tr>
 * <tr><td>losses, refreshing, refusing</td><td>any thread</td><td>atomic</td></tr>
 * <tr><td>now, trust, front, listener</td><td>the member, once, before anything is reconciled</td><td>volatile</td></tr>
 * <tr><td>landed</td><td>whoever sees first that the backfill has begun</td><td>volatile; never false again</td></tr>
 * </table>
 */
public final class Migration {
    private final Settings settings;
    private final JournalStore.Contents found;
    private final DirtyFlag dirty;
    private final Journal journal;
    private final Marks marks;
    private final Parked parked;
    private final Mirror mirror;
    private final Lanes lanes;
    private final Time unhurried;
    private final Identities identities;
    private final VersionClock versions;
    private final DualWriter writer;
    private final Reconciler reconciler;
    private final Replay replay;
    private boolean openMarksLost;
    private final AtomicLong losses = new AtomicLong();
    private final Set<Key> refreshing = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable String> refusing = new AtomicReference<>();
    private volatile Supplier<Optional<Route.Paired>> now = Optional::empty;
    private volatile Trust trust = Trust.WHOLE;
    private volatile @Nullable Writer front;
    private volatile @Nullable Listener listener;
    private volatile boolean landed;

    /** The settings of the stages that a migration is made of. */
    public record Settings(
            MirrorSettings mirror,
            JournalSettings journal,
            IdentitySettings identity,
            ReconcileSettings reconcile,
            ReplaySettings replay) {}

    /**
     * What a migration works with.
     *
     * @param member this sidecar
     * @param process random for each run of it
     * @param live what its writes have in common with those of other routes
     * @param time timers of calls
     * @param unhurried timers of work that takes longer than a timer's thread should be kept
     */
    public record Context(
            String collection,
            String member,
            String process,
            Settings settings,
            LiveWrites live,
            Time time,
            Time unhurried) {}

    private Migration(
            Context context,
            JournalStore store,
            DirtyFlag dirty,
            Journal.Threads journalThreads,
            boolean begins,
            Duration settle)
            throws IOException {
        Time time = context.time();
        this.settings = context.settings();
        this.lanes = context.live().lanes();
        this.unhurried = context.unhurried();
        this.dirty = dirty;
        this.found = store.load();
        this.versions = new VersionClock(time, found.highestVersion());
        this.journal = new Journal(store, journalThreads, this::lose);
        this.marks = new Marks(journal, time, found.highestSequence());
        marks.restore(found.marks(), settle);
        this.parked = new Parked(journal, marks, found.parked());
        journal.recoverWith(new Rerecording(marks, parked, versions, this::journalRecovered), time);
        this.mirror = new Mirror(context.collection(), settings.mirror(), time);
        long settledNanos = time.nanos() + (begins ? 0 : settle.toNanos());
        this.identities = new Identities(
                new Identities.Context(
                        context.collection(),
                        context.member(),
                        context.process(),
                        settings.identity(),
                        marks,
                        journal,
                        versions,
                        context.unhurried()),
                new Tail.Each(settings.identity().tail(), settledNanos),
                found.notes(),
                settledNanos,
                this::stateIsOld);
        this.writer = new DualWriter(
                context.live(),
                versions,
                marks,
                parked,
                journal,
                mirror,
                time,
                settings.journal(),
                identities.tails(),
                () -> landed,
                () -> trust,
                this::wakeReplay);
        this.reconciler = new Reconciler(
                marks,
                parked,
                mirror,
                identities,
                settings.reconcile(),
                this::wakeReplay,
                this::refresh,
                () -> dirty.range().isPresent(),
                new FailedAlone(),
                this::reconcilable);
        this.replay = new Replay(reconciler, this::reconcilable, context.unhurried(), settings.replay());
    }

    /** Writes an empty update, which embeds what stands. What comes of it is seen by the next reconcile of the key. */
    private void refresh(Key key) {
        Writer writing = front;
        if (writing != null && refreshing.add(key)) {
            WriteCall call = new WriteCall(List.of(new WriteOp.UpdateMetadata(key, MetadataPatch.NONE)), "", "");
            // Should it fail, the next reconcile of the key meets the same vector, and asks again.
            Branches.take(
                    writing.write(call, settings.reconcile().engineTimeout()),
                    (done, failed) -> refreshing.remove(key));
        }
    }

    /**
     * Opens the journal, and what works with it. Nothing is replayed before {@link #join} and {@link #unmarkedHaveLanded}.
     *
     * @param begins a migration begins: there must be no journal of an older one
     * @param settle how long requests of a stopped process can still take effect, in either engine (R7)
     * @throws UncheckedIOException that names the directory
     */
    public static Migration open(Context context, JournalFiles files, boolean begins, Duration settle) {
        return files.open(
                begins,
                (store, threads, doubt) ->
                        open(context, store, DirtyFlag.open(files.dirtyBlock()), threads, doubt, begins, settle));
    }

    private static Migration open(
            Context context,
            JournalStore store,
            DirtyFlag dirty,
            Journal.Threads threads,
            Optional<String> doubt,
            boolean begins,
            Duration settle)
            throws IOException {
        Migration migration = new Migration(context, store, dirty, threads, begins, settle);
        // R16: what such a journal holds may not be all that was acknowledged.
        Optional<String> reason = migration.found.afterPowerLoss()
                ? Optional.of("the machine restarted without an orderly stop of the sidecar")
                : doubt;
        if (reason.isPresent()) {
            dirty.set(0, reason.get());
        }
        store.begin();
        return migration;
    }

    private synchronized void lose(long firstVersion, IOException cause) throws IOException {
        String reason = String.valueOf(cause.getMessage());
        if (settings.journal().onLoss() == JournalSettings.OnLoss.FAIL) {
            if (refusing.getAndSet(reason) == null) {
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

    private synchronized void journalRecovered() {
        openMarksLost = false;
        refusing.set(null);
        tell(Listener::journalRecovered);
    }

    /** Why the journal refuses writes; empty if it does not. */
    public Optional<String> refusesWrites() {
        return Optional.ofNullable(refusing.get());
    }

    /** What an index knows of this member is more than its journal holds: records are missing. */
    private void stateIsOld(String reason) {
        long since = Math.min(found.highestVersion(), marks.lowestVersion());
        try {
            synchronized (this) {
                losses.incrementAndGet();
                dirty.set(since, reason);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tell(hearing -> hearing.recordsLost(since, reason));
    }

    private void tell(Consumer<Listener> news) {
        Listener hearing = listener;
        if (hearing != null) {
            news.accept(hearing);
        }
    }

    /** Hears what an operator should know. Called on whichever thread it happens, so it must be quick. */
    public interface Listener {
        /** Hears that the breaker went from one state to another, by the names that the breaker has for them. */
        void breakerMoved(String from, String to);

        void parked(ParkedRecord document);

        /** Hears that writes from that version on may have no record: the range is dirty now. */
        void recordsLost(long since, String reason);

        /** Hears, once, that the journal cannot record, and is set to refuse writes rather than lose records. */
        void writesRefused(String reason);

        /** Hears that the journal records again. */
        void journalRecovered();
    }

    /** Sets the one listener. It is told at once of a dirty range that was there before. */
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

    /** Tells replay that there may be something to do. */
    public void wakeReplay() {
        replay.wake();
    }

    /**
     * Joins the member that it was opened for.
     *
     * @param route the one to reconcile on; before it is set, and while it names none, nothing is reconciled (R24)
     * @param doubts what they mean for writes
     * @param writer of applications' writes, which also makes vectors anew
     */
    public void join(Agreed agreed, Supplier<Optional<Route.Paired>> route, Trust doubts, Writer writer) {
        versions.slot(agreed.slot());
        identities.join(agreed);
        trust = doubts;
        front = writer;
        now = route;
        wakeReplay();
    }

    /**
     * Says that the writes of before the migration have landed, or never will. They have no marks: until then, one that
     * was never answered may undo on the leader what both indexes have, so no mark is closed and nothing is reconciled.
     */
    public void unmarkedHaveLanded() {
        landed = true;
        wakeReplay();
    }

    /** The route on which reconciles may write; empty while they must wait. */
    public Optional<Route.Paired> reconcilable() {
        return landed ? now.get() : Optional.empty();
    }

    /**
     * Until when what was sent to the follower may take effect there, in nanoseconds of the clock; in the past if nothing
     * can any more. What is awaited still may be answered at its limit, and land after that.
     */
    public long landsOnFollowerUntil(Participant follower) {
        Duration longest =
                settings.reconcile().engineTimeout().compareTo(settings.mirror().deadline()) > 0
                        ? settings.reconcile().engineTimeout()
                        : settings.mirror().deadline();
        return marks.landsOnFollowerUntil(
                longest.plus(follower.index().capabilities().unknownSettle()));
    }

    /** What the journal held when it was opened. */
    public JournalStore.Contents found() {
        return found;
    }

    /** How often a record was lost; if it has not grown during a comparison, nothing slipped by meanwhile. */
    public long losses() {
        return losses.get();
    }

    /**
     * Hears that both indexes have been compared whole and are equal; ends the dirty range unless records were lost
     * meanwhile.
     */
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

    public Lanes lanes() {
        return lanes;
    }

    /** Timers for work that takes long. */
    public Time time() {
        return unhurried;
    }

    public Identities identities() {
        return identities;
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

    /** Stops replay, and notes on indexes; what has begun is not awaited. */
    public void stopReplay() {
        replay.stop();
        identities.stop();
    }

    /** Stops, and completes when the journal is closed. */
    public CompletableFuture<Void> end() {
        stopReplay();
        return journal.end().whenComplete((done, failed) -> closeDirtyBlock());
    }

    private void closeDirtyBlock() {
        try {
            dirty.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the journal's dirty block could not be closed", e);
        }
    }
}
