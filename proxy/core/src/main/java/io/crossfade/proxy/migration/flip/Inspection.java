package io.crossfade.proxy.migration.flip;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.migration.identity.Vouch;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.Doubt;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.state.VerifyState.Verdict;
import io.crossfade.proxy.migration.step.FlipSettings;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.proxy.route.ApplicationNotes;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.QueryUse;
import io.crossfade.proxy.route.Route;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Finds what stands in the way of moving the reads, by name. Made for one look at one moment, by one caller. An empty
 * list lets the flip through.
 */
final class Inspection {
    private static final int MOST_NAMED = 10;
    private static final Duration NOTES_TIMEOUT = Duration.ofSeconds(2);

    private final String member;
    private final FlipSettings settings;
    private final Route.Paired route;
    private final Migration migration;
    private final List<Blocker> blockers = new ArrayList<>();

    Inspection(String member, FlipSettings settings, Route.Paired route, Migration migration) {
        this.member = member;
        this.settings = settings;
        this.route = route;
        this.migration = migration;
    }

    /** All conditions of a flip that can be told without asking an index. */
    List<Blocker> flip(
            CollectionState state,
            Optional<CopyProgress> copied,
            Optional<VerifyState> verified,
            Feeding feeding,
            QueryUse queries,
            ShadowReads shadow) {
        checkCopied(copied);
        checkVerified(verified, state.doubted());
        checkOverlap(shadow);
        checkHeard(feeding);
        checkQueries(queries);
        return rollback(state, feeding);
    }

    /** All conditions of a rollback: the old index has been kept in step, so nothing needs to be compared. */
    List<Blocker> rollback(CollectionState state, Feeding feeding) {
        checkJournal();
        checkMembers(state);
        checkDoubts(state);
        checkFeeding(feeding);
        return List.copyOf(blockers);
    }

    private void block(Blocker.Code code, String detail) {
        blockers.add(new Blocker(code, detail, member));
    }

    private void checkCopied(Optional<CopyProgress> copied) {
        if (copied.isEmpty() || !copied.get().isDone()) {
            long done = copied.map(CopyProgress::copied).orElse(0L);
            String total = copied.map(CopyProgress::total)
                    .map(counted -> "of about " + counted + " at its beginning")
                    .orElse("so far, not counted yet");
            block(Blocker.Code.BACKFILL_INCOMPLETE, done + " documents " + total + " (expected: all)");
        }
    }

    private void checkVerified(Optional<VerifyState> verified, long doubted) {
        if (verified.isEmpty() || !verified.get().isClean(doubted)) {
            block(
                    Blocker.Code.NOT_VERIFIED,
                    verified.map(VerifyState::verdict)
                                    .filter(verdict -> verdict.beganMillis() > 0)
                                    .map(Inspection::text)
                                    .orElse("not compared to the end yet")
                            + " (expected: a clean verify newer than the last repair and the last doubt)");
        }
    }

    private static String text(Verdict verdict) {
        return verdict.different() + " different and " + verdict.moving() + " moving of " + verdict.compared()
                + " when last compared";
    }

    private void checkOverlap(ShadowReads shadow) {
        Double least = settings.thresholds().overlapAtK();
        if (least != null && least > 0) {
            ShadowReads.Report report = shadow.report();
            if (report.sampled() == 0 || report.overlap() < least) {
                block(
                        Blocker.Code.OVERLAP_TOO_LOW,
                        report.overlap() + " of " + report.sampled() + " shadow reads (expected: >= " + least + ")");
            }
        }
    }

    private void checkJournal() {
        migration
                .dirty()
                .range()
                .ifPresent(range -> block(
                        Blocker.Code.DIRTY_RANGE,
                        "since version " + range.since() + ": " + range.reason()
                                + " (expected: none; verify with repair)"));
        long unwaived = migration.parked().unwaived();
        if (unwaived > 0) {
            block(Blocker.Code.PARKED, unwaived + " documents (expected: 0 that are not waived)");
        }
        checkPending();
        CircuitBreaker.State breaker = migration.mirror().breaker().getState();
        if (breaker != CircuitBreaker.State.CLOSED) {
            block(Blocker.Code.BREAKER_NOT_CLOSED, breaker + " (expected: CLOSED)");
        }
    }

    private void checkPending() {
        long age = DryDrain.isWayBack(route)
                ? migration.marks().oldestAckedNanos()
                : migration.marks().oldestNanos();
        if (age > settings.pendingAge().toNanos()) {
            block(
                    Blocker.Code.PENDING_TOO_OLD,
                    Duration.ofNanos(age).toSeconds() + " s (expected: at most "
                            + settings.pendingAge().toSeconds() + " s); "
                            + migration.marks().pendingKeys() + " keys pending: "
                            + brief(migration.marks().list(MOST_NAMED + 1).stream()
                                    .map(pending -> pending.key() + " (" + pending.reason() + ")")
                                    .toList()));
        }
    }

    private void checkMembers(CollectionState state) {
        if (!state.isAppliedByAll()) {
            block(Blocker.Code.MEMBER_BEHIND, "not every member has applied epoch " + state.epoch());
        }
    }

    /** Doubts, but for those about an index that the reads are to leave: on the way back they are why it is left. */
    private void checkDoubts(CollectionState state) {
        for (Doubt doubt : state.doubts()) {
            boolean isAboutLeader = doubt.about().equals(route.leader().name());
            if (!isAboutLeader || route.phase() == Phase.MIRRORING) {
                blockers.add(Doubts.blocker(doubt, isAboutLeader));
            }
        }
    }

    /**
     * Checks that both sides stay writable and searchable: by an embedder, or because clients have sent what is needed.
     */
    private void checkFeeding(Feeding feeding) {
        for (Participant participant : List.of(route.leader(), route.follower())) {
            participant.spaces().forEach((field, space) -> checkFeeding(participant, field, space, feeding));
        }
    }

    private void checkFeeding(Participant participant, String field, Space space, Feeding feeding) {
        if (participant.embedder(field) == null) {
            List<String> lacking = feeding.lacking(space.name(), settings.feedWindow());
            if (!lacking.isEmpty()) {
                block(
                        Blocker.Code.NOT_FED,
                        "without a vector of space " + space.name() + ": " + brief(lacking) + " (expected: none within "
                                + settings.feedWindow().toMinutes() + " min, the space has no embedder)");
            }
        }
    }

    /** Checks that the index that is to serve answers what applications ask. */
    private void checkQueries(QueryUse queries) {
        for (String reason : queries.refused(settings.feedWindow())) {
            block(
                    Blocker.Code.QUERY_REFUSED,
                    route.follower().name() + " would refuse a query: " + reason + " (expected: none within "
                            + settings.feedWindow().toMinutes() + " min)");
        }
    }

    /** Checks that it is known who feeds the index that is to serve, after a restart in the middle of the migration. */
    private void checkHeard(Feeding feeding) {
        if (migration.found().isNew()) {
            return;
        }
        Participant next = route.follower();
        next.spaces().forEach((field, space) -> {
            if (next.embedder(field) == null
                    && !route.carries(field)
                    && feeding.isUnheard(space.name(), settings.feedWindow())) {
                block(
                        Blocker.Code.NOT_FED,
                        "nobody knows yet who sends vectors of space " + space.name()
                                + ": this sidecar has begun anew (expected: a write or query with one, or none without one for "
                                + settings.feedWindow().toMinutes() + " min)");
            }
        });
    }

    private static String brief(List<String> lacking) {
        String first = lacking.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        int more = lacking.size() - MOST_NAMED;
        return more > 0 ? first + " and " + more + " more" : first;
    }

    /**
     * Adds to what was found before whether both indexes are what they were, and whether the follower reads back what is
     * written to it now. On the way back the index that led may be gone: it is not asked.
     */
    CompletableFuture<List<Blocker>> probe() {
        CompletableFuture<Vouch> leader = route.phase() == Phase.MIRRORING
                ? migration.identities().vouchWhole(route.leader())
                : CompletableFuture.completedFuture(Vouch.ALIKE);
        return leader.thenCombine(migration.identities().beat(route.follower()), (ofLeader, ofFollower) -> {
                    addVouch(route.leader().name(), ofLeader);
                    addVouch(route.follower().name(), ofFollower);
                    return ofLeader;
                })
                .thenCompose(this::checkNotes)
                .thenApply(checked -> List.copyOf(blockers));
    }

    /** Finds a note that was set just before the migration began. A leader that does not answer is in the way already. */
    private CompletableFuture<Void> checkNotes(Vouch ofLeader) {
        return route.phase() == Phase.MIRRORING && ofLeader.isSame()
                ? ApplicationNotes.blocker(route.leader(), member, NOTES_TIMEOUT)
                        .thenAccept(found -> found.ifPresent(blockers::add))
                : CompletableFuture.completedFuture(null);
    }

    private void addVouch(String index, Vouch vouch) {
        if (!vouch.isSame()) {
            block(Doubts.code(vouch.kind()), index + ": " + vouch.found());
        }
    }
}
