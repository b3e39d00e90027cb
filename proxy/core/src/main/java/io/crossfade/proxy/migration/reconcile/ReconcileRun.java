package io.crossfade.proxy.migration.reconcile;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.embed.SplitEmbedding;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Tail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One batch: read the leader, put the follower's copies together, write them, read the leader's versions again, and
 * close the marks of what did not change meanwhile (R10). Marks were captured before the first read (R5). What the follower
 * can never take is removed from it and set aside (R29). The stages follow one another; no two run at once.
 */
final class ReconcileRun {
    private static final Projection CONTENT_AND_DIGEST = new Projection(true, true, false, true);
    private static final Projection VECTORS_AND_DIGEST = new Projection(false, false, true, true);

    private final Reconciler reconciler;
    private final Route.Paired route;
    private final Embedder.Use use;
    private final Map<Key, Marks.Capture> open = new LinkedHashMap<>();
    private final Map<Key, StoredDocument> leaderHas = new HashMap<>();
    private final Map<Key, String> parking = new HashMap<>();
    private final Map<Key, Tail.@Nullable Entry> leaderKnown = new HashMap<>();
    private final Map<Key, Tail.Last> leaderBefore = new HashMap<>();
    private final Map<Key, Tail.Last> followerBefore = new HashMap<>();
    private final long doubted;
    private final long run;
    private final long begunNanos;
    private int reconciled;
    private int parked;
    private int pending;

    ReconcileRun(Reconciler reconciler, Route.Paired route, List<Marks.Capture> captures, Embedder.Use use) {
        this.reconciler = reconciler;
        this.route = route;
        this.use = use;
        this.doubted = reconciler.identities().doubted();
        this.run = captures.get(0).own().sequence();
        this.begunNanos = captures.get(0).own().openedNanos();
        captures.forEach(capture -> {
            open.put(capture.key(), capture);
            leaderKnown.put(capture.key(), tail(route.leader()).entry(capture.key()));
            leaderBefore.put(capture.key(), tail(route.leader()).last(capture.key()));
            followerBefore.put(capture.key(), tail(route.follower()).last(capture.key()));
        });
    }

    private Tail tail(Participant participant) {
        return reconciler.identities().tails().of(participant.name());
    }

    CompletableFuture<Reconciler.Result> run() {
        return readLeader()
                .thenRun(this::leaveLastCopies)
                .thenCompose(done -> readFollower())
                .thenCompose(this::readStandingVectors)
                .thenCompose(this::embed)
                .thenCompose(this::vouched)
                .thenCompose(this::write)
                .thenCompose(this::removeRefused)
                .thenCompose(done -> recheck())
                .handle((done, failed) -> {
                    giveUpOnTheRest(failed);
                    return new Reconciler.Result(reconciled, parked, pending, 0);
                });
    }

    private CompletableFuture<Void> readLeader() {
        boolean carries = route.follower().spaces().keySet().stream().anyMatch(route::carries);
        return fetchFromLeader(open.keySet(), carries ? Projection.ALL : Projection.CONTENT)
                .thenCompose(done -> carries ? done() : readVectorsOfTextless());
    }

    /**
     * Reads the leader's vectors of documents without text: a client's vector for the follower belongs to such a
     * vector.
     */
    private CompletableFuture<Void> readVectorsOfTextless() {
        List<Key> textless = leaderHas.values().stream()
                .filter(document -> route.leader().textSource().of(document.text(), document.metadata()) == null)
                .map(StoredDocument::key)
                .toList();
        return textless.isEmpty() ? done() : fetchFromLeader(textless, Projection.ALL);
    }

    private CompletableFuture<Void> fetchFromLeader(java.util.Collection<Key> keys, Projection wanted) {
        return route.leader()
                .index()
                .fetch(List.copyOf(keys), wanted, reconciler.settings().engineTimeout())
                .thenAccept(found -> {
                    reconciler.identities().saw(found.values());
                    leaderHas.putAll(found);
                });
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Leaves documents alone that the leader lacks because it could not take them when it followed: the follower has the
     * last copy. A write of one whole ends that before its call is acked.
     */
    private void leaveLastCopies() {
        for (Marks.Capture capture : List.copyOf(open.values())) {
            Key key = capture.key();
            if (!leaderHas.containsKey(key)
                    && reconciler.parked().isAbsentOn(route.leader().name(), key)) {
                open.remove(key);
                reconciler.marks().closeAll(capture);
                reconciled++;
            }
        }
    }

    /**
     * Reads the follower's stamps and digests, which tell which vectors can stand; where all are carried there is nothing
     * to ask. On the primary vectors of before the migration have no provenance: there the text tells.
     */
    private CompletableFuture<List<FollowerCopy>> readFollower() {
        boolean carriesAll = route.follower().spaces().keySet().stream().allMatch(route::carries);
        if (carriesAll || leaderHas.isEmpty()) {
            return CompletableFuture.completedFuture(copies(Map.of()));
        }
        return route.follower()
                .index()
                .fetch(
                        List.copyOf(leaderHas.keySet()),
                        route.follower() == route.primary() ? CONTENT_AND_DIGEST : Projection.DIGEST,
                        reconciler.settings().engineTimeout())
                .thenApply(this::copies);
    }

    private List<FollowerCopy> copies(Map<Key, StoredDocument> followerHas) {
        List<FollowerCopy> copies = new ArrayList<>();
        leaderHas.forEach((key, document) -> {
            Marks.Capture capture = open.get(key);
            if (capture == null) {
                return;
            }
            if (isOvertaken(document, capture)) {
                giveUp(key, Duration.ZERO);
            } else {
                copies.add(new FollowerCopy(route, document, followerHas.get(key), kept(document, capture)));
            }
        });
        return copies;
    }

    /**
     * Whether a write that is under way has reached the leader: its own reconcile tells if vectors kept before still
     * count.
     */
    private boolean isOvertaken(StoredDocument document, Marks.Capture capture) {
        return kept(document, capture).areInDoubt() && !reconciler.marks().isAllOf(capture);
    }

    private KeptVectors kept(StoredDocument document, Marks.Capture capture) {
        boolean unseen = route.fleet() || reconciler.hasLostRecords().getAsBoolean();
        return new KeptVectors(capture, document.version(), unseen);
    }

    /**
     * Reads back standing vectors: a document in which some stand and others do not is written whole, so they are
     * needed.
     */
    private CompletableFuture<List<FollowerCopy>> readStandingVectors(List<FollowerCopy> copies) {
        List<FollowerCopy> partial =
                copies.stream().filter(FollowerCopy::standsInPart).toList();
        if (partial.isEmpty()) {
            return CompletableFuture.completedFuture(copies);
        }
        List<Key> keys = partial.stream().map(copy -> copy.document().key()).toList();
        return route.follower()
                .index()
                .fetch(keys, VECTORS_AND_DIGEST, reconciler.settings().engineTimeout())
                .thenApply(followerHas -> {
                    partial.forEach(copy ->
                            copy.takeStanding(followerHas.get(copy.document().key())));
                    return copies;
                });
    }

    private CompletableFuture<List<FollowerCopy>> embed(List<FollowerCopy> copies) {
        List<FollowerCopy> feedable = new ArrayList<>();
        for (FollowerCopy copy : copies) {
            String reason = copy.unfeedable();
            if (reason == null) {
                feedable.add(copy);
            } else {
                parking.put(copy.document().key(), reason);
            }
        }
        CompletableFuture<Void> steps = done();
        for (String field : route.follower().spaces().keySet()) {
            steps = steps.thenCompose(done -> embed(field, feedable));
        }
        return steps.thenApply(done -> feedable.stream()
                .filter(copy -> open.containsKey(copy.document().key()))
                .filter(copy -> !parking.containsKey(copy.document().key()))
                .toList());
    }

    /** Where the model fails on several texts, and the rest is given up untried, that must not be the same each time. */
    private CompletableFuture<Void> embed(String field, List<FollowerCopy> copies) {
        List<FollowerCopy> wanting = new ArrayList<>(
                copies.stream().filter(copy -> copy.toEmbed().contains(field)).toList());
        wanting.sort(Comparator.comparing(
                copy -> copy.document().key(), reconciler.failedAlone().untriedFirst()));
        Embedder embedder = route.follower().embedder(field);
        if (wanting.isEmpty() || embedder == null) {
            return done();
        }
        return new SplitEmbedding<>(texts -> embedder.embed(texts, use), FollowerCopy::text, new InField(field))
                .run(wanting);
    }

    /** Hears what has become of a field. */
    private final class InField implements SplitEmbedding.Listener<FollowerCopy> {
        private final String field;

        InField(String field) {
            this.field = field;
        }

        @Override
        public void embedded(FollowerCopy copy, Embedding vector) {
            copy.embedded(field, vector);
            reconciler.failedAlone().remove(copy.document().key());
        }

        /** Parks a document whose text the model refuses; one that it could not embed for now stays pending, with the reason. */
        @Override
        public void notEmbedded(FollowerCopy copy, Throwable why, boolean alone) {
            Key key = copy.document().key();
            if (alone) {
                reconciler.failedAlone().add(key, run);
            }
            if (why instanceof EmbeddingException refused && refused.isPermanent()) {
                parking.put(key, "cannot be embedded: " + refused.getMessage());
            } else {
                giveUp(key, Duration.ZERO, "cannot be embedded for now: " + Cause.message(why));
            }
        }
    }

    /**
     * Goes on only if the leader is, since it was read, what it was, and nothing has come into doubt since (R30): a
     * leader that has lost documents must not take the last copy of them from the follower.
     */
    private <T> CompletableFuture<T> vouched(T goingOn) {
        if (open.isEmpty()) {
            return CompletableFuture.completedFuture(goingOn);
        }
        return reconciler.identities().vouch(route.leader()).thenApply(vouch -> {
            if (!vouch.isSame() || reconciler.identities().doubted() != doubted || !reconciler.isOn(route)) {
                throw new IllegalStateException("not vouched for: " + vouch.found());
            }
            leaveWhatIsOlderThanKnown();
            return goingOn;
        });
    }

    /**
     * Leaves documents that the leader has in an older state than it had applied: a look tells nothing of those that are just being
     * written.
     */
    private void leaveWhatIsOlderThanKnown() {
        for (Key key : List.copyOf(open.keySet())) {
            Stream.of(leaderKnown.get(key), tail(route.leader()).entry(key))
                    .filter(known -> known != null && known.isKnown() && known.isGone(version(leaderHas, key)))
                    .findFirst()
                    .ifPresent(known -> giveUp(
                            key,
                            Duration.ZERO,
                            route.leader().name() + " does not show " + known + ", which it has applied"));
        }
    }

    /** Completes with what the follower can never take. */
    private CompletableFuture<List<Key>> write(List<FollowerCopy> copies) {
        List<IndexWrite> writes = new ArrayList<>();
        copies.stream()
                .filter(copy -> open.containsKey(copy.document().key()))
                .forEach(copy -> writes.add(copy.write()));
        open.keySet().stream()
                .filter(key -> !leaderHas.containsKey(key) || parking.containsKey(key))
                .forEach(key -> writes.add(new IndexWrite.Remove(key)));
        return send(writes);
    }

    private CompletableFuture<List<Key>> send(List<IndexWrite> writes) {
        if (writes.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        open.values().forEach(reconciler.marks()::writes);
        if (!reconciler.isOn(route)) {
            return CompletableFuture.failedFuture(new IllegalStateException("the route has been left"));
        }
        return reconciler
                .mirror()
                .send(route.follower().index(), writes, reconciler.settings().engineTimeout())
                .orElseGet(() -> CompletableFuture.failedFuture(new IllegalStateException("the follower is resting")))
                .thenApply(outcomes -> sortOut(writes, outcomes));
    }

    private List<Key> sortOut(List<IndexWrite> writes, List<Outcome> outcomes) {
        List<Key> refused = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            Key key = writes.get(i).key();
            Outcome outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Rejected rejected && !writes.get(i).isRemoval()) {
                parking.put(key, rejected.reason());
                refused.add(key);
            } else if (!outcome.isDone(writes.get(i).isRemoval())) {
                giveUp(key, settle(outcome), route.follower().name() + ": " + outcome);
            }
        }
        return refused;
    }

    /** Takes older copies of what the follower has just refused from it. */
    private CompletableFuture<Void> removeRefused(List<Key> refused) {
        return refused.isEmpty()
                ? done()
                : vouched(refused)
                        .thenCompose(keys -> send(keys.stream()
                                .filter(open::containsKey)
                                .<IndexWrite>map(IndexWrite.Remove::new)
                                .toList()))
                        .thenAccept(none -> {});
    }

    private Duration settle(Outcome outcome) {
        return outcome.mayStillLand() ? route.follower().index().capabilities().unknownSettle() : Duration.ZERO;
    }

    /** A write that is under way has overtaken it. */
    private void giveUp(Key key, Duration settle) {
        Marks.Capture capture = open.remove(key);
        if (capture != null) {
            pending++;
            reconciler.marks().giveUp(capture, max(settle, reconciler.settings().retryAfter()));
        }
    }

    private void giveUp(Key key, Duration settle, String why) {
        Marks.Capture capture = open.remove(key);
        if (capture != null) {
            pending++;
            reconciler.marks().giveUp(capture, max(settle, reconciler.settings().retryAfter()), why);
        }
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    /** Closes the marks of what the leader still holds in the version that was copied; the rest is not done (R10). */
    private CompletableFuture<Void> recheck() {
        if (open.isEmpty()) {
            return done();
        }
        return route.leader()
                .index()
                .fetch(
                        List.copyOf(open.keySet()),
                        Projection.STAMP,
                        reconciler.settings().engineTimeout())
                .thenAccept(now -> List.copyOf(open.values()).forEach(capture -> {
                    StoredDocument document = leaderHas.get(capture.key());
                    if (document != null
                            && JoinedText.staleField(route.leader(), document).isPresent()) {
                        reconciler.refresh().accept(capture.key());
                    } else if (version(leaderHas, capture.key()) == version(now, capture.key())) {
                        open.remove(capture.key());
                        end(capture, version(now, capture.key()));
                    }
                }));
    }

    private void end(Marks.Capture capture, long version) {
        String reason = parking.get(capture.key());
        remember(capture.key(), version, reason == null ? version : Marks.ABSENT);
        if (reason != null) {
            parked++;
            park(capture, version, reason);
        } else {
            reconciler.parked().unpark(capture.key());
            reconciler.marks().closeAll(capture);
            reconciled++;
        }
    }

    private void park(Marks.Capture capture, long version, String reason) {
        Branches.take(
                reconciler.parked().park(capture, version, route.follower().name(), reason), (done, failed) -> {
                    if (failed != null) {
                        reconciler
                                .marks()
                                .giveUp(
                                        capture,
                                        reconciler.settings().retryAfter(),
                                        "cannot be parked: " + Cause.message(failed));
                    }
                });
    }

    /** Both indexes hold this now; what others write in a fleet is not seen here. */
    private void remember(Key key, long onLeader, long onFollower) {
        if (!route.fleet()) {
            tail(route.leader()).heldSince(before(leaderBefore, key), key, onLeader, begunNanos);
            tail(route.follower()).heldSince(before(followerBefore, key), key, onFollower, begunNanos);
        }
    }

    private static Tail.Last before(Map<Key, Tail.Last> taken, Key key) {
        return Objects.requireNonNull(taken.get(key), "of each key");
    }

    private static long version(Map<Key, StoredDocument> documents, Key key) {
        StoredDocument document = documents.get(key);
        return document == null ? Marks.ABSENT : document.version();
    }

    /** What is left was changed while it was copied, unless something failed. */
    private void giveUpOnTheRest(@Nullable Throwable failed) {
        for (Marks.Capture capture : open.values()) {
            if (failed == null) {
                reconciler.marks().giveUp(capture, Duration.ZERO);
            } else {
                reconciler.marks().giveUp(capture, reconciler.settings().retryAfter(), Cause.message(failed));
            }
        }
        pending += open.size();
        open.clear();
    }
}
