package io.crossfade.proxy;

import io.crossfade.proxy.assembly.HostedCollection;
import io.crossfade.proxy.front.listen.Health;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Why a sidecar that serves is not ready for calls: what of its own, its disk or its configuration, keeps a collection from
 * taking writes. Engines elsewhere do not count, nor do embedding servers that have worked: all sidecars would stop being
 * ready at once, and none could do anything about it. It comes back by itself.
 */
final class Readiness {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final Collection<HostedCollection> hosted;
    private final Health health;
    private final Time time;

    /**
     * @param hosted may be added to until {@link #begin}
     */
    Readiness(Collection<HostedCollection> hosted, Health health, Time time) {
        this.hosted = hosted;
        this.health = health;
        this.time = time;
    }

    void begin() {
        health.watch(this::troubles);
        lookAgain();
    }

    private void lookAgain() {
        time.after(BETWEEN_LOOKS, () -> {
            health.look();
            lookAgain();
        });
    }

    private List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        for (HostedCollection each : hosted) {
            troubles(each).forEach(trouble -> troubles.add("collection " + each.name() + ": " + trouble));
        }
        return troubles;
    }

    private static Stream<String> troubles(HostedCollection hosted) {
        Migration migration = hosted.member().migration();
        Stream<String> journal =
                migration == null ? Stream.empty() : migration.refusesWrites().map(why -> "journal: " + why).stream();
        Route route = hosted.member().current().get();
        return Stream.of(needed(route).flatMap(Readiness::troubles), embedders(route.leader()), journal)
                .flatMap(Function.identity());
    }

    /** The indexes without which no write is taken. */
    private static Stream<Participant> needed(Route route) {
        return route instanceof Route.Paired paired && route.phase().needsBoth()
                ? Stream.of(paired.leader(), paired.follower())
                : Stream.of(route.leader());
    }

    private static Stream<String> troubles(Participant participant) {
        return participant.index().trouble().map(why -> "index " + participant.name() + ": " + why).stream();
    }

    /** Embedders of the spaces that are served from, if their configuration is to blame. */
    private static Stream<String> embedders(Participant serving) {
        return serving.embedders().values().stream().distinct().flatMap(embedder -> embedder.broken().stream());
    }
}
