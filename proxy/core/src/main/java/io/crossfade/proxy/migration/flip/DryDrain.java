package io.crossfade.proxy.migration.flip;

import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.Route;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Finds out, while writes go on, whether what is pending can be closed: every mark that is open now must be closed before
 * it is older than {@code flip.pending_age}. What cannot be closed with the gate open cannot be closed with it shut either,
 * and then no write is held to learn it.
 */
final class DryDrain {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

    private final Member member;
    private final Route route;
    private final Migration migration;
    private final long began;

    DryDrain(Member member, Route route, Migration migration) {
        this.member = member;
        this.route = route;
        this.migration = migration;
        this.began = member.context().time().nanos();
    }

    /** Completes when all is closed that was open, or when that has taken too long; whoever asked looks at what is left. */
    CompletableFuture<Void> run() {
        long age = oldestNanos();
        boolean isDrained = migration.marks().pendingKeys() == 0
                || age < member.context().time().nanos() - began;
        boolean isLate = age > member.context().settings().pendingAge().toNanos();
        if (isDrained || isLate || member.current().get() != route) {
            return CompletableFuture.completedFuture(null);
        }
        member.wakeReplay();
        return member.context().time().rest(BETWEEN_LOOKS).thenCompose(rested -> run());
    }

    private long oldestNanos() {
        return isWayBack(route)
                ? migration.marks().oldestAckedNanos()
                : migration.marks().oldestNanos();
    }

    /** Whether reads go back to an index that needs only what was acked. */
    static boolean isWayBack(Route route) {
        return route.phase() == Phase.REVERSED && !route.fleet();
    }
}
