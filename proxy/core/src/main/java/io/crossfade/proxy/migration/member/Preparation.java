package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.identity.Lineage;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets an index ready to take part in a migration: opened, known by a lineage, out of reach of an older migration (R26), and
 * marked as the collection's before anything is written to it, so that what a migration leaves there is known for that.
 * A request of that one that has no answer may still land, when nobody keeps a mark for it any more: on documents that both
 * indexes would be found to hold alike just before. So a migration begins only when none can land on the index any more. Which
 * those are is known of this process; a request of an older one can land for the index's {@code unknown_settle} after
 * this one began.
 *
 * <p>{@code lands} is written as an index is let go, and read as one is prepared.
 */
final class Preparation {
    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);
    private static final Duration LINEAGE_TIMEOUT = Duration.ofSeconds(2);

    private final String collection;
    private final Participants participants;
    private final Time time;
    private final long began;
    private final Map<String, Long> lands = new ConcurrentHashMap<>();

    Preparation(String collection, Participants participants, Time time) {
        this.collection = collection;
        this.participants = participants;
        this.time = time;
        this.began = time.nanos();
    }

    /**
     * Completes with the index when it is ready. It may hang for longer than a try of a step lasts.
     *
     * @param route of one index, that the migration is to begin from
     * @param offered lineages for indexes that bear none
     */
    CompletableFuture<Participant> of(String name, Route route, Map<String, String> offered) {
        return participants
                .open(name)
                .thenCompose(index -> borne(route.primary(), offered)
                        .thenCombine(borne(index, offered), (ofPrimary, ofMigration) -> index))
                .thenCompose(index -> nothingCanLand(index)
                        .thenCompose(landed -> Marker.require(route, index, "prepared"))
                        .thenApply(marked -> index));
    }

    /** Sees to it that an index that is to take part bears the lineage that it is known by from now on. */
    private static CompletableFuture<Void> borne(Participant participant, Map<String, String> offered) {
        return Lineage.give(participant.index(), offered.get(participant.name()), LINEAGE_TIMEOUT);
    }

    private CompletableFuture<Void> nothingCanLand(Participant index) {
        return Marker.read(index).thenCompose(marker -> {
            boolean tookPart = marker.filter(found -> found.collection().equals(collection))
                    .isPresent();
            long settled = began + index.index().capabilities().unknownSettle().toNanos();
            long until =
                    Math.max(tookPart ? settled : Long.MIN_VALUE, lands.getOrDefault(index.name(), Long.MIN_VALUE));
            long now = time.nanos();
            if (until <= now) {
                return CompletableFuture.completedFuture(null);
            }
            Duration wait = Duration.ofNanos(until - now);
            LOG.info(
                    "{}: requests of an older migration may land on {} for another {} ms",
                    collection,
                    index.name(),
                    wait.toMillis());
            return time.rest(wait);
        });
    }

    /** Hears that an index follows no longer: what was sent to it may land until all of that is settled. */
    void letGo(Route.Paired route, Migration migration) {
        long until = migration.landsOnFollowerUntil(route.follower());
        lands.merge(route.follower().name(), until, Math::max);
    }
}
