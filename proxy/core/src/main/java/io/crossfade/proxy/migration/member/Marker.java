package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.index.IndexException;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A note on an index about the migration that it last took part in, so that a sidecar that has lost its state does not
 * route as if nothing had happened. Written as {@code collection epoch phase role}.
 */
public record Marker(String collection, long epoch, Phase phase, String role) {
    private static final Logger LOG = LoggerFactory.getLogger(Marker.class);
    private static final String NAME = "crossfade.marker";
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    static CompletableFuture<Optional<Marker>> read(Participant participant) {
        return attributes(participant).thenApply(attributes -> of(participant, attributes));
    }

    static CompletableFuture<Map<String, String>> attributes(Participant participant) {
        return participant.index().attributes(TIMEOUT);
    }

    static Optional<Marker> of(Participant participant, Map<String, String> attributes) {
        return Optional.ofNullable(attributes.get(NAME)).map(text -> parse(participant.name(), text));
    }

    /** The collection that the index has served or followed, if any. */
    public static CompletableFuture<Optional<String>> collectionOf(Participant participant) {
        return read(participant).thenApply(found -> found.map(Marker::collection));
    }

    private static Marker parse(String index, String text) {
        String[] parts = text.split(" ", -1);
        try {
            return new Marker(parts[0], Long.parseLong(parts[1]), Phase.valueOf(parts[2]), parts[3]);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new IndexException(
                    IndexException.Kind.MISMATCH,
                    index + ": marker \"" + text + "\" (expected: one of this release)",
                    e);
        }
    }

    /** Marks an index before anything is written to it; fails if that cannot be done. */
    static CompletableFuture<Void> require(Route route, Participant participant, String role) {
        Marker marker = new Marker(route.collection(), route.epoch(), route.phase(), role);
        return participant.index().setAttribute(NAME, marker.text(), TIMEOUT);
    }

    static CompletableFuture<Void> write(Route route, Participant participant, String role) {
        return require(route, participant, role).exceptionally(failed -> {
            LOG.warn("{}: marker of epoch {} not written: {}", participant.name(), route.epoch(), failed.toString());
            return null;
        });
    }

    private String text() {
        return collection + " " + epoch + " " + phase + " " + role;
    }
}
