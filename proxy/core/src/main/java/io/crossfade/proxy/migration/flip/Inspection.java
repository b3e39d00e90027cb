package io.crossfade.proxy.migration.flip;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.step.FlipSettings;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.proxy.route.Feeding;
import io.crossfade.proxy.route.Participant;
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
    private static final String PROBE = "crossfade.probe";
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);
    private static final int MOST_NAMED = 10;

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
            ShadowReads shadow) {
        checkCopied(copied);
        checkVerified(verified);
        checkOverlap(shadow);
        return rollback(state, feeding);
    }

    /** All conditions of a rollback: the old index has been kept in step, so nothing needs to be compared. */
    List<Blocker> rollback(CollectionState state, Feeding feeding) {
        checkJournal();
        checkMembers(state);
        checkFences(state);
        checkFeeding(feeding);
        return List.copyOf(blockers);
    }

    private void block(Blocker.Code code, String detail) {
        blockers.add(new Blocker(code, detail, member));
    }

    private void checkCopied(Optional<CopyProgress> copied) {
        if (copied.isEmpty() || !copied.get().isDone()) {
            long done = copied.map(CopyProgress::copied).orElse(0L);
            long total = copied.map(CopyProgress::total).orElse(0L);
            block(Blocker.Code.BACKFILL_INCOMPLETE, done + " of about " + total + " documents (expected: all)");
        }
    }

    private void checkVerified(Optional<VerifyState> verified) {
        if (verified.isEmpty() || !verified.get().isClean()) {
            long clean = verified.map(VerifyState::cleanSlices).orElse(0L);
            String all = verified.map(state -> " of " + state.slices().size()).orElse("");
            block(
                    Blocker.Code.NOT_VERIFIED,
                    clean + all + " slices have a clean verify newer than their last repair (expected: all)");
        }
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
        boolean isWayBack = route.phase() == Phase.REVERSED && !route.fleet();
        long age = isWayBack
                ? migration.marks().oldestAckedNanos()
                : migration.marks().oldestNanos();
        if (age > settings.pendingAge().toNanos()) {
            block(
                    Blocker.Code.PENDING_TOO_OLD,
                    Duration.ofNanos(age).toSeconds() + " s (expected: at most "
                            + settings.pendingAge().toSeconds() + " s); "
                            + migration.marks().pendingKeys() + " keys pending");
        }
        CircuitBreaker.State breaker = migration.mirror().breaker().getState();
        if (breaker != CircuitBreaker.State.CLOSED) {
            block(Blocker.Code.BREAKER_NOT_CLOSED, breaker + " (expected: CLOSED)");
        }
    }

    private void checkMembers(CollectionState state) {
        if (!state.isAppliedByAll()) {
            block(Blocker.Code.MEMBER_BEHIND, "not every member has applied epoch " + state.epoch());
        }
    }

    private void checkFences(CollectionState state) {
        for (CollectionState.Fence fence : state.fences()) {
            blockers.add(new Blocker(
                    Blocker.Code.FENCED,
                    fence.member() + " was fenced, what it knew to be pending is lost (expected: a clean verify begun"
                            + " after that)",
                    fence.member()));
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

    private static String brief(List<String> lacking) {
        String first = lacking.stream().limit(MOST_NAMED).collect(Collectors.joining(", "));
        int more = lacking.size() - MOST_NAMED;
        return more > 0 ? first + " and " + more + " more" : first;
    }

    /** Adds to what was found before whether the follower reads back what is written to it now. */
    CompletableFuture<List<Blocker>> probe() {
        String nonce = Long.toString(migration.versions().next());
        return route.follower()
                .index()
                .setAttribute(PROBE, nonce, PROBE_TIMEOUT)
                .thenCompose(done -> route.follower().index().attributes(PROBE_TIMEOUT))
                .handle((attributes, failed) -> {
                    if (failed != null || !nonce.equals(attributes.get(PROBE))) {
                        block(
                                Blocker.Code.PROBE_FAILED,
                                route.follower().name() + " does not read back what was written"
                                        + (failed == null ? "" : ": " + failed.getMessage()));
                    }
                    return List.copyOf(blockers);
                });
    }
}
