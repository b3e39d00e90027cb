package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.Doubt;
import io.crossfade.proxy.model.Phase;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Waits, once new writes are held (R21), until running writes have ended and all marks are closed, and with them every
 * forwarded request and every reconcile. Fails at once for what no waiting ends: a dirty range, a fence, a parked
 * document. On the way back, marks of writes that were not acked may stay open. Ends without success when the step is
 * given up.
 */
final class Drain {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

    private final Member member;
    private final Crossing crossing;
    private final SerialContext serial;

    Drain(Member member, Crossing crossing, SerialContext serial) {
        this.member = member;
        this.crossing = crossing;
        this.serial = serial;
    }

    CompletableFuture<Void> run(CollectionState.Step step) {
        Migration open = member.migration();
        if (open == null) {
            return failed("there is no journal");
        }
        return member.current().get().writes().whenIdle().thenComposeAsync(idle -> untilClosed(open, step), serial);
    }

    private CompletableFuture<Void> untilClosed(Migration open, CollectionState.Step step) {
        if (step.leavesBehind()) {
            return untilQuiet(open, step);
        }
        if (open.dirty().range().isPresent()) {
            return failed("writes since version " + open.dirty().range().get().since() + " may be missing");
        }
        Optional<Doubt> inTheWay = member.state().doubts().stream()
                .filter(doubt -> !isLeftBehind(doubt, step))
                .findFirst();
        if (inTheWay.isPresent()) {
            return failed(inTheWay.get().about() + " is in doubt (expected: a clean verify)");
        }
        if (open.parked().unwaived() > 0) {
            return failed(open.parked().unwaived() + " documents are parked (expected: 0 that are not waived)");
        }
        return untilQuiet(open, step);
    }

    private CompletableFuture<Void> untilQuiet(Migration open, CollectionState.Step step) {
        if (crossing.isQuiet(open, step)) {
            return CompletableFuture.completedFuture(null);
        }
        if (!member.isBeingTaken(step)) {
            return failed("given up with " + open.marks().pendingKeys() + " keys pending");
        }
        member.wakeReplay();
        return member.context().time().rest(BETWEEN_LOOKS).thenComposeAsync(rested -> untilClosed(open, step), serial);
    }

    /** Whether it is about the index that the reads are to leave, on the way back: its loss is why they leave it. */
    private boolean isLeftBehind(Doubt doubt, CollectionState.Step step) {
        return step.target() == Phase.SEALED
                && doubt.kind() != Doubt.Kind.FENCED
                && doubt.about().equals(member.current().get().leader().name());
    }

    private static CompletableFuture<Void> failed(String reason) {
        return CompletableFuture.failedFuture(new IllegalStateException(reason));
    }
}
