package io.crossfade.proxy.migration.reconcile;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.model.StoredDocument;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.write.journal.Marks;
import io.crossfade.proxy.write.journal.Tail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One batch: read the leader, put the follower's copies together, write them, read the leader's versions again, and
 * close the marks of what did not change meanwhile (R10). Marks were captured before the first read (R5). The stages
 * follow one another; no two run at once.
 */
final class ReconcileRun {
    private final Reconciler reconciler;
    private final Route.Paired route;
    private final Embedder.Use use;
    private final Map<Key, Marks.Capture> open = new LinkedHashMap<>();
    private final Map<Key, StoredDocument> leaderHas = new HashMap<>();
    private final Map<Key, Tail.@Nullable Entry> leaderBefore = new HashMap<>();
    private final Map<Key, Tail.@Nullable Entry> followerBefore = new HashMap<>();
    private final long doubted;
    private int reconciled;
    private int parked;
    private int pending;

    ReconcileRun(Reconciler reconciler, Route.Paired route, List<Marks.Capture> captures, Embedder.Use use) {
        this.reconciler = reconciler;
        this.route = route;
        this.use = use;
        this.doubted = reconciler.identities().doubted();
        captures.forEach(capture -> {
            open.put(capture.key(), capture);
            leaderBefore.put(capture.key(), tail(route.leader()).entry(capture.key()));
            followerBefore.put(capture.key(), tail(route.follower()).entry(capture.key()));
        });
    }

    private Tail tail(Participant participant) {
        return reconciler.identities().tails().of(participant.name());
    }

    CompletableFuture<Reconciler.Result> run() {
        return readLeader()
                .thenCompose(done -> readFollower())
                .thenCompose(this::readStandingVectors)
                .thenCompose(this::embed)
                .thenCompose(this::vouched)
                .thenCompose(this::write)
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
     * Reads the follower's stamps, which tell which vectors can stand; where all are carried there is nothing to ask. On
     * the primary vectors of before the migration have none: there the text tells.
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
                        route.follower() == route.primary() ? Projection.CONTENT : Projection.STAMP,
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
                copies.add(new FollowerCopy(route, document, followerHas.get(key), capture));
            }
        });
        return copies;
    }

    /**
     * Whether a write that is under way has reached the leader: its own reconcile tells if vectors kept before still
     * count.
     */
    private boolean isOvertaken(StoredDocument document, Marks.Capture capture) {
        return new KeptVectors(capture, document.version(), route.fleet()).areInDoubt()
                && !reconciler.marks().isAllOf(capture);
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
                .fetch(keys, Projection.ALL, reconciler.settings().engineTimeout())
                .thenApply(followerHas -> {
                    partial.forEach(copy ->
                            copy.takeStanding(followerHas.get(copy.document().key())));
                    return copies;
                });
    }

    private CompletableFuture<List<FollowerCopy>> embed(List<FollowerCopy> copies) {
        List<FollowerCopy> feedable = new ArrayList<>();
        CompletableFuture<Void> steps = done();
        for (FollowerCopy copy : copies) {
            String reason = copy.unfeedable();
            if (reason == null) {
                feedable.add(copy);
            } else {
                steps = steps.thenCompose(done -> park(copy.document(), reason));
            }
        }
        for (String field : route.follower().spaces().keySet()) {
            steps = steps.thenCompose(done -> embed(field, feedable));
        }
        return steps.thenApply(done -> feedable.stream()
                .filter(copy -> open.containsKey(copy.document().key()))
                .toList());
    }

    private CompletableFuture<Void> embed(String field, List<FollowerCopy> copies) {
        List<FollowerCopy> wanting =
                copies.stream().filter(copy -> copy.toEmbed().contains(field)).toList();
        Embedder embedder = route.follower().embedder(field);
        if (wanting.isEmpty() || embedder == null) {
            return done();
        }
        return new SplitEmbedding(embedder, use, field, this::notEmbedded).run(wanting);
    }

    /** Parks a document whose text the model refuses; one that it could not embed for now stays pending, with the reason. */
    private CompletableFuture<Void> notEmbedded(FollowerCopy copy, Throwable why) {
        StoredDocument document = copy.document();
        if (why instanceof EmbeddingException refused && refused.isPermanent()) {
            return park(document, "cannot be embedded: " + refused.getMessage());
        }
        giveUp(document.key(), Duration.ZERO, "cannot be embedded for now: " + Cause.message(why));
        return done();
    }

    private CompletableFuture<Void> park(StoredDocument document, String reason) {
        Marks.Capture capture = open.remove(document.key());
        if (capture == null) {
            return done();
        }
        parked++;
        return reconciler.parked().park(capture, document.version(), reason).whenComplete((done, failed) -> {
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

    /**
     * Goes on only if the leader is, since it was read, what it was, and nothing has come into doubt since (R30): a
     * leader that has lost documents must not take the last copy of them from the follower.
     */
    private CompletableFuture<List<FollowerCopy>> vouched(List<FollowerCopy> copies) {
        if (open.isEmpty()) {
            return CompletableFuture.completedFuture(copies);
        }
        return reconciler.identities().vouch(route.leader()).thenApply(vouch -> {
            if (!vouch.isSame() || reconciler.identities().doubted() != doubted || !reconciler.isOn(route)) {
                throw new IllegalStateException("not vouched for: " + vouch.found());
            }
            return copies;
        });
    }

    private CompletableFuture<Void> write(List<FollowerCopy> copies) {
        List<IndexWrite> writes = new ArrayList<>();
        copies.forEach(copy -> writes.add(copy.write()));
        open.keySet().stream()
                .filter(key -> !leaderHas.containsKey(key))
                .forEach(key -> writes.add(new IndexWrite.Remove(key)));
        if (writes.isEmpty()) {
            return done();
        }
        open.values().forEach(reconciler.marks()::writes);
        if (!reconciler.isOn(route)) {
            return CompletableFuture.failedFuture(new IllegalStateException("the route has been left"));
        }
        return reconciler
                .mirror()
                .send(route.follower().index(), writes, reconciler.settings().engineTimeout())
                .orElseGet(() -> CompletableFuture.failedFuture(new IllegalStateException("the follower is resting")))
                .thenCompose(outcomes -> sortOut(writes, outcomes));
    }

    private CompletableFuture<Void> sortOut(List<IndexWrite> writes, List<Outcome> outcomes) {
        List<CompletableFuture<?>> parks = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            Key key = writes.get(i).key();
            Outcome outcome = outcomes.get(i);
            StoredDocument document = leaderHas.get(key);
            if (outcome instanceof Outcome.Rejected rejected && document != null) {
                parks.add(park(document, rejected.reason()));
            } else if (!outcome.isDone(writes.get(i).isRemoval())) {
                giveUp(key, settle(outcome), route.follower().name() + ": " + outcome);
            }
        }
        return CompletableFuture.allOf(parks.toArray(CompletableFuture[]::new));
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
                        reconciler.parked().unpark(capture.key());
                        remember(capture.key(), version(now, capture.key()));
                        reconciler.marks().closeAll(capture);
                        reconciled++;
                    }
                }));
    }

    /** Both indexes hold this now; what others write in a fleet is not seen here. */
    private void remember(Key key, long version) {
        if (!route.fleet()) {
            tail(route.leader()).heldSince(leaderBefore.get(key), key, version);
            tail(route.follower()).heldSince(followerBefore.get(key), key, version);
        }
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
