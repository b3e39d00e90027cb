package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.Works;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * R21, once new writes are held: waits until running writes have ended and all marks are closed, and with them every
 * forwarded request and every reconcile. On the way back, marks of writes that were not acked may stay open. Ends without success when the step is given up.
 */
final class Drain {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

    private final Member member;
    private final Time time;

    Drain(Member member, Time time) {
        this.member = member;
        this.time = time;
    }

    CompletableFuture<Void> run(CollectionState.Step step) {
        Works works = member.works();
        if (works == null) {
            return failed("there is no journal");
        }
        return member.current().get().writes().whenIdle().thenCompose(idle -> untilClosed(works, step));
    }

    private CompletableFuture<Void> untilClosed(Works works, CollectionState.Step step) {
        if (works.dirty().range().isPresent()) {
            return failed("writes since version " + works.dirty().range().get().since() + " may be missing");
        }
        if (!member.state().fences().isEmpty()) {
            return failed("what fenced members knew to be pending is lost (expected: a clean verify)");
        }
        if (works.parked().unwaived() > 0) {
            return failed(works.parked().unwaived() + " documents are parked (expected: 0 that are not waived)");
        }
        if (member.isQuiet(works, step)) {
            return CompletableFuture.completedFuture(null);
        }
        CollectionState.Step now = member.state().step();
        if (now == null || now.attempt() != step.attempt()) {
            return failed("given up with " + works.marks().pendingKeys() + " keys pending");
        }
        member.wakeReplay();
        CompletableFuture<Void> rested = new CompletableFuture<>();
        time.after(BETWEEN_LOOKS, () -> rested.complete(null));
        return rested.thenCompose(done -> untilClosed(works, step));
    }

    private static CompletableFuture<Void> failed(String reason) {
        return CompletableFuture.failedFuture(new IllegalStateException(reason));
    }
}
