package io.crossfade.proxy.migration.recover;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.ScanQuery;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.reconcile.Reconciler;
import io.crossfade.proxy.migration.verify.Comparison;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.write.journal.Marks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings back to the leader what it has lost and the follower still has: a reconcile with the roles swapped. Of each
 * document the newer version stands, and of one version that differs the follower's: the leader changed an older copy, before anybody knew that it
 * was one. What is on the leader alone stays, or is removed if it was on both. The application's writes of a document wait
 * while it is looked at (R37). One run, by one caller; nothing else is reconciled as long as the leader is in doubt.
 */
public final class Recovery {
    private final Migration migration;
    private final Route.Paired route;
    private final Reconciler backwards;
    private final Route.Paired swapped;
    private final Comparison comparison;
    private final long since;
    private final int batch;
    private final boolean dryRun;
    private final boolean removes;
    private final Listener listener;
    private final Duration timeout;

    /**
     * @param route whose leader is in doubt
     * @param since the version of the first write that the leader may lack
     * @param batch documents looked at together
     * @param dryRun only count
     * @param removes remove from the leader what it has alone and no pending write has brought: both indexes were equal
     *     before, so it was removed from both, and only the leader has forgotten that. Nothing is, while the journal has a dirty
     *     range: what has brought it may be what the journal has lost
     */
    public Recovery(
            Migration migration,
            Route.Paired route,
            long since,
            int batch,
            boolean dryRun,
            boolean removes,
            Listener listener) {
        this.listener = listener;
        this.removes = removes;
        this.migration = migration;
        this.route = route;
        this.swapped = route.swapped();
        this.backwards = migration.reconciler().on(() -> Optional.of(swapped));
        this.comparison = new Comparison(swapped);
        this.since = since;
        this.batch = batch;
        this.dryRun = dryRun;
        this.timeout = backwards.settings().engineTimeout();
    }

    /** Hears how far it has come; calls come one at a time. */
    public interface Listener {
        void reached(Recovered done);

        /**
         * Hears of a document whose last acked writes are not on one index: a part of them may be lost, whichever stands. An
         * application that knows what it should be writes it anew.
         */
        void unsettled(Key key, String why);

        /** True ends the run early; it can be begun again. */
        boolean isCancelled();
    }

    public CompletableFuture<Recovered> run() {
        return each(route.follower().index(), "", Recovered.NOTHING, this::bringBack)
                .thenCompose(done -> each(route.leader().index(), "", done, this::alone));
    }

    private CompletableFuture<Recovered> each(
            VectorIndex index,
            String cursor,
            Recovered before,
            Function<List<Key>, CompletableFuture<Recovered>> step) {
        if (listener.isCancelled()) {
            return CompletableFuture.failedFuture(new CancellationException("cancelled"));
        }
        listener.reached(before);
        ScanQuery query = new ScanQuery(cursor, null, null, Projection.STAMP, batch);
        return index.scan(query, timeout).thenCompose(page -> {
            List<Key> keys =
                    page.documents().stream().map(StoredDocument::key).sorted().toList();
            return step.apply(keys)
                    .thenComposeAsync(
                            done -> page.isLast()
                                    ? CompletableFuture.completedFuture(before.plus(done))
                                    : each(index, page.cursor(), before.plus(done), step),
                            task -> migration.time().after(Duration.ZERO, task));
        });
    }

    /** Looks at documents while their lanes are this run's: the application's writes of them wait. */
    private CompletableFuture<Recovered> inLanes(List<Key> keys, Function<Found, CompletableFuture<Recovered>> step) {
        return migration
                .lanes()
                .take(keys)
                .thenCompose(lease -> CompletableFuture.completedFuture(keys)
                        .thenCompose(taken -> stamps(route.leader().index(), taken)
                                .thenCombine(stamps(route.follower().index(), taken), Found::new))
                        .thenCompose(step)
                        .whenComplete((done, failed) -> lease.release()));
    }

    private CompletableFuture<Recovered> bringBack(List<Key> keys) {
        return inLanes(keys, found -> bringBack(keys, found));
    }

    private CompletableFuture<Map<Key, StoredDocument>> stamps(VectorIndex index, List<Key> keys) {
        return index.fetch(keys, Projection.STAMP, timeout);
    }

    private record Found(Map<Key, StoredDocument> leader, Map<Key, StoredDocument> follower) {
        long onLeader(Key key) {
            return version(leader.get(key));
        }

        long onFollower(Key key) {
            return version(follower.get(key));
        }

        private static long version(@Nullable StoredDocument document) {
            return document == null ? Marks.ABSENT : document.version();
        }
    }

    private CompletableFuture<Recovered> bringBack(List<Key> keys, Found found) {
        List<Key> suspects = keys.stream()
                .filter(key -> mayBeChangedOnBoth(found, key) || isUpdatedOnLeader(found, key))
                .toList();
        return differing(suspects).thenCompose(differing -> bringBack(keys, found, differing));
    }

    /** In one version, but of a write since the leader lost something: it may have changed an older copy there. */
    private boolean mayBeChangedOnBoth(Found found, Key key) {
        return found.onLeader(key) == found.onFollower(key)
                && found.onLeader(key) != Marks.ABSENT
                && found.onLeader(key) >= since;
    }

    /**
     * Newer on the leader by updates alone, as far as is known; they may have been made on an older copy before anybody knew that it was
     * one.
     */
    private boolean isUpdatedOnLeader(Found found, Key key) {
        return found.onLeader(key) > found.onFollower(key)
                && found.onFollower(key) != Marks.ABSENT
                && migration.marks().newestWhole(key) <= found.onFollower(key)
                && (migration.marks().newestWrite(key) > found.onFollower(key) || !isRecorded());
    }

    /** Whether the marks are all there are: with a dirty range, writes of whole documents may have lost theirs. */
    private boolean isRecorded() {
        return migration.dirty().range().isEmpty();
    }

    /** What both indexes have in different states. */
    private enum Differing {
        TEXT,
        OTHER
    }

    private CompletableFuture<Map<Key, Differing>> differing(List<Key> keys) {
        return keys.isEmpty()
                ? CompletableFuture.completedFuture(Map.of())
                : swapped.leader()
                        .index()
                        .fetch(keys, plusText(comparison.fromLeader()), timeout)
                        .thenCombine(
                                swapped.follower().index().fetch(keys, plusText(comparison.fromFollower()), timeout),
                                (source, target) -> {
                                    Map<Key, Differing> differing = new HashMap<>();
                                    keys.forEach(key -> difference(source.get(key), target.get(key))
                                            .ifPresent(difference -> differing.put(key, difference)));
                                    return differing;
                                });
    }

    private static Projection plusText(Projection wanted) {
        return new Projection(true, true, wanted.vectors(), true);
    }

    private Optional<Differing> difference(@Nullable StoredDocument source, @Nullable StoredDocument target) {
        if (source == null || target == null || comparison.isSameContent(source, target)) {
            return Optional.empty();
        }
        boolean isSameText = Objects.equals(text(swapped.leader(), source), text(swapped.follower(), target));
        return Optional.of(isSameText ? Differing.OTHER : Differing.TEXT);
    }

    private static @Nullable String text(Participant participant, StoredDocument document) {
        return participant.textSource().of(document.text(), document.metadata());
    }

    /**
     * What becomes of a document.
     *
     * @param lost the follower's copy comes back
     * @param unsettled why a part of it may be lost; null if none is
     */
    private record Judgement(boolean lost, @Nullable String unsettled) {
        static final Judgement STANDS = new Judgement(false, null);
        static final Judgement LOST = new Judgement(true, null);
    }

    private Judgement judge(Key key, Found found, @Nullable Differing differing) {
        if (found.onFollower(key) > found.onLeader(key)) {
            return migration.marks().newestWrite(key) > found.onFollower(key)
                    ? new Judgement(false, "its last write may be on neither index; the leader's copy stands")
                    : Judgement.LOST;
        }
        if (differing == null) {
            return Judgement.STANDS;
        }
        return found.onFollower(key) == found.onLeader(key) ? Judgement.LOST : judgeUpdated(key, differing);
    }

    private Judgement judgeUpdated(Key key, Differing differing) {
        if (!isRecorded()) {
            return new Judgement(
                    false,
                    "newer on the leader, and the journal has lost what wrote it: a write, or an update of an older copy that had come"
                            + " back; the leader's copy stands");
        }
        if (differing == Differing.TEXT) {
            return new Judgement(
                    true,
                    "updated on an older copy that had come back; what was there before stands, without the update");
        }
        return migration.marks().newestWrite(key) < since
                ? Judgement.STANDS
                : new Judgement(
                        false,
                        "updated on the leader alone before its loss was found, maybe on an older copy; the leader's copy stands");
    }

    private CompletableFuture<Recovered> bringBack(List<Key> keys, Found found, Map<Key, Differing> differing) {
        List<Key> lost = new ArrayList<>();
        long unsettled = 0;
        for (Key key : keys) {
            Judgement judgement = judge(key, found, differing.get(key));
            if (judgement.lost()) {
                lost.add(key);
            }
            if (judgement.unsettled() != null) {
                unsettled++;
                listener.unsettled(key, judgement.unsettled());
            }
        }
        Recovered looked = new Recovered(keys.size(), 0, 0, 0, unsettled);
        if (lost.isEmpty() || dryRun) {
            return CompletableFuture.completedFuture(looked.plus(new Recovered(0, lost.size(), 0, 0, 0)));
        }
        return backwards
                .reconcile(swapped, lost, Embedder.Use.REPLAY)
                .thenApply(result ->
                        looked.plus(new Recovered(0, result.reconciled(), lost.size() - result.reconciled(), 0, 0)));
    }

    private CompletableFuture<Recovered> alone(List<Key> keys) {
        return inLanes(keys, found -> {
            List<Key> alone = keys.stream()
                    .filter(key -> found.onFollower(key) == Marks.ABSENT
                            && migration.marks().newestWhole(key) == Marks.ABSENT)
                    .toList();
            List<Key> unsettled =
                    isRecorded() ? alone.stream().filter(this::isUpdated).toList() : alone;
            unsettled.forEach(key -> listener.unsettled(key, whyAlone()));
            return removes && isRecorded() && !dryRun && !alone.isEmpty()
                    ? backwards
                            .reconcile(swapped, alone, Embedder.Use.REPLAY)
                            .thenApply(result -> new Recovered(
                                    0, 0, alone.size() - result.reconciled(), alone.size(), unsettled.size()))
                    : CompletableFuture.completedFuture(new Recovered(0, 0, 0, alone.size(), unsettled.size()));
        });
    }

    private String whyAlone() {
        if (!isRecorded()) {
            return "on the leader alone, and the journal has lost what wrote it: a write that the follower lacks, or a copy that had come back"
                    + " after its removal; it stands";
        }
        return "updated since it is on the leader alone"
                + (removes ? "; it was removed from both before, and is again" : "; it stands");
    }

    private boolean isUpdated(Key key) {
        return migration.marks().newestWrite(key) != Marks.ABSENT;
    }
}
