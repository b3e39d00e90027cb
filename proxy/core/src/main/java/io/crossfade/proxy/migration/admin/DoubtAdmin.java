package io.crossfade.proxy.migration.admin;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.migration.flip.Doubts;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.recover.Recovered;
import io.crossfade.proxy.migration.recover.Recovery;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.Doubt;
import io.crossfade.proxy.migration.step.Stepper;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What an operator can do about an index that is in doubt.
 *
 * @param random words that never repeat
 * @param batch documents that a recovery looks at together
 * @param wereEqual whether the last comparison of all of both indexes was clean
 */
public record DoubtAdmin(
        Member member, Stepper stepper, Supplier<String> random, int batch, BooleanSupplier wereEqual) {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);
    private static final Duration LONGEST_TO_BE_SEEN = Duration.ofSeconds(2);

    CompletableFuture<Recovered> recover(boolean dryRun, boolean removes, Recovery.Listener listener) {
        Route.Paired route = paired();
        String leader = route.leader().name();
        List<Doubt> lost = lost(member.state());
        if (lost.isEmpty()) {
            throw refused(leader + " is not in doubt (expected: an index that has lost documents)");
        }
        if (removes && !wereEqual.getAsBoolean()) {
            throw refused("removes: true (expected: false, both indexes were not found equal before " + leader
                    + " came into doubt)");
        }
        long since = lost.stream().mapToLong(Doubt::since).min().orElse(0);
        return new Recovery(migration(), route, since, batch, dryRun, removes, listener)
                .run()
                .thenCompose(recovered -> dryRun || recovered.left() > 0
                        ? CompletableFuture.completedFuture(recovered)
                        : accept(leader, recovered.broughtBack() + " documents were brought back to it")
                                .thenApply(done -> recovered));
    }

    CompletableFuture<Void> accept(String index, String reason) {
        Route.Paired route = paired();
        Participant participant = List.of(route.leader(), route.follower()).stream()
                .filter(each -> each.name().equals(index))
                .findFirst()
                .orElseThrow(() -> new CallException(
                        CallException.Kind.NOT_FOUND,
                        "index: " + index + " (expected: " + route.leader().name() + " or "
                                + route.follower().name() + ")"));
        if (member.state().lossesOf(index).isEmpty()) {
            throw refused(index + " is not in doubt (expected: an index that was replaced, or has lost documents)");
        }
        String lineage = random.get();
        return migration()
                .identities()
                .accept(participant, lineage)
                .thenCompose(done -> stepper.accept(index, lineage, reason))
                .thenCompose(
                        accepted -> untilSeen(accepted, member.context().time().nanos()));
    }

    /**
     * Waits until this member follows what was accepted, so that the next call is not refused for it; not for long: it is
     * recorded, and will be followed.
     */
    private CompletableFuture<Void> untilSeen(CollectionState accepted, long began) {
        Time time = member.context().time();
        boolean isSeen = member.state().doubted() >= accepted.doubted();
        return isSeen || time.nanos() - began >= LONGEST_TO_BE_SEEN.toNanos()
                ? CompletableFuture.completedFuture(null)
                : time.rest(BETWEEN_LOOKS).thenCompose(rested -> untilSeen(accepted, began));
    }

    /** Refuses to let go of the follower while it may have the last copy of what the leader has lost. */
    void requireWholeLeader(CollectionState state) {
        List<Blocker> blockers =
                lost(state).stream().map(doubt -> Doubts.blocker(doubt, true)).toList();
        if (!blockers.isEmpty()) {
            throw CallException.blocked(blockers);
        }
    }

    /** Refuses to compare with an index that nobody knows to be the one that is meant. */
    void requireSource(CollectionState state) {
        List<Blocker> blockers = state.doubts().stream()
                .filter(doubt -> doubt.kind() == Doubt.Kind.INDEX_REPLACED
                        || (doubt.kind().isLoss() && doubt.about().equals(state.serving())))
                .map(doubt -> Doubts.blocker(doubt, doubt.about().equals(state.serving())))
                .toList();
        if (!blockers.isEmpty()) {
            throw CallException.blocked(blockers);
        }
    }

    private List<Doubt> lost(CollectionState state) {
        return state.lossesOf(state.serving());
    }

    private Route.Paired paired() {
        if (member.current().get() instanceof Route.Paired paired
                && !paired.phase().needsBoth()) {
            return paired;
        }
        throw refused("phase: " + member.current().get().phase() + " (expected: MIRRORING or REVERSED)");
    }

    private Migration migration() {
        return Objects.requireNonNull(member.migration(), "migration");
    }

    private static CallException refused(String message) {
        return new CallException(CallException.Kind.PRECONDITION, message);
    }
}
