package io.crossfade.proxy.route;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.model.Phase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of one collection go during one epoch. Immutable but for the counts of its calls. A call reads the
 * route once, at its start, and counts itself in, so that a step can wait for the calls of an older epoch.
 */
public final class Route {
    private final String collection;
    private final long epoch;
    private final Phase phase;
    private final Participant primary;
    private final @Nullable Participant migration;
    private final boolean fleet;
    private final Calls reads = new Calls();
    private final Calls writes = new Calls();
    private final CompletableFuture<Route> successor = new CompletableFuture<>();

    /**
     * @param primary in SINGLE the one index; otherwise the one that led when the migration began
     * @param migration null in SINGLE only
     * @param fleet other sidecars write too, or may begin to at any time
     */
    public Route(
            String collection,
            long epoch,
            Phase phase,
            Participant primary,
            @Nullable Participant migration,
            boolean fleet) {
        if ((phase == Phase.SINGLE) != (migration == null)) {
            throw new IllegalArgumentException("migration: " + migration + " (expected: null in SINGLE only)");
        }
        this.collection = collection;
        this.epoch = epoch;
        this.phase = phase;
        this.primary = requireNonNull(primary, "primary");
        this.migration = migration;
        this.fleet = fleet;
    }

    public String collection() {
        return collection;
    }

    public long epoch() {
        return epoch;
    }

    public Phase phase() {
        return phase;
    }

    public Participant primary() {
        return primary;
    }

    public @Nullable Participant migration() {
        return migration;
    }

    public boolean fleet() {
        return fleet;
    }

    public boolean isSingle() {
        return phase == Phase.SINGLE;
    }

    /** The index that decides the ack and serves reads. */
    public Participant leader() {
        return phase.servesMigration() ? requireNonNull(migration) : primary;
    }

    /**
     * The index that is kept in step.
     *
     * @throws IllegalStateException in SINGLE
     */
    public Participant follower() {
        if (migration == null) {
            throw new IllegalStateException(collection + " has no follower in " + phase);
        }
        return phase.servesMigration() ? primary : migration;
    }

    /** How long a request with an unknown outcome may still take effect, on the index where that is longest (R6). */
    public Duration unknownSettle() {
        Duration leading = leader().index().capabilities().unknownSettle();
        if (migration == null) {
            return leading;
        }
        Duration following = follower().index().capabilities().unknownSettle();
        return leading.compareTo(following) > 0 ? leading : following;
    }

    public Calls reads() {
        return reads;
    }

    public Calls writes() {
        return writes;
    }

    /** Completes with the next route when this one is replaced. */
    public CompletableFuture<Route> successor() {
        return successor;
    }

    @Override
    public String toString() {
        return collection + "@" + epoch + " " + phase;
    }
}
