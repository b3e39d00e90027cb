package io.crossfade.proxy.route;

import static java.util.Objects.requireNonNull;

import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Phase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Where the calls of one collection go during one epoch, and how its writes are done: all that a step changes for a call
 * is swapped as this one object. Immutable but for the counts of its calls. A call reads the route once, at its start,
 * and counts itself in, so that a step can wait for the calls of an older epoch.
 */
public abstract sealed class Route {
    private final String collection;
    private final long epoch;
    private final Phase phase;
    private final boolean fleet;
    private final Calls reads = new Calls();
    private final Calls writes = new Calls();
    private final CompletableFuture<Route> successor = new CompletableFuture<>();

    private Route(String collection, long epoch, Phase phase, boolean fleet) {
        this.collection = collection;
        this.epoch = epoch;
        this.phase = phase;
        this.fleet = fleet;
    }

    /** One index, without a migration. */
    public static final class Single extends Route {
        private final Participant only;
        private final WritePath<Single> path;

        /**
         * @param fleet other sidecars write too, or may begin to at any time
         */
        public Single(String collection, long epoch, Participant only, boolean fleet, WritePath<Single> path) {
            super(collection, epoch, Phase.SINGLE, fleet);
            this.only = requireNonNull(only, "only");
            this.path = requireNonNull(path, "path");
        }

        @Override
        public Participant primary() {
            return only;
        }

        @Override
        public Participant leader() {
            return only;
        }

        @Override
        public CompletableFuture<List<WriteReply.Result>> write(WriteCall call, Duration timeout, Admission admission) {
            return path.write(this, call, timeout, admission);
        }

        /** Without a migration nobody holds writes back, and the first migration waits for all that is under way. */
        @Override
        Calls writers() {
            return writes();
        }

        @Override
        public long callsUnderWay() {
            return reads().count() + writes().count();
        }
    }

    /** Two indexes, of which one leads and the other is kept in step. */
    public static final class Paired extends Route {
        private final Participant primary;
        private final Participant migration;
        private final WritePath<Paired> path;

        /**
         * @param primary the index that led when the migration began
         * @param migration the index that it began for
         * @param fleet other sidecars write too, or may begin to at any time
         */
        public Paired(
                String collection,
                long epoch,
                Phase phase,
                Participant primary,
                Participant migration,
                boolean fleet,
                WritePath<Paired> path) {
            super(collection, epoch, phase, fleet);
            if (phase == Phase.SINGLE) {
                throw new IllegalArgumentException("phase: SINGLE (expected: one of a migration)");
            }
            this.primary = requireNonNull(primary, "primary");
            this.migration = requireNonNull(migration, "migration");
            this.path = requireNonNull(path, "path");
        }

        @Override
        public Participant primary() {
            return primary;
        }

        @Override
        public Participant leader() {
            return phase().servesMigration() ? migration : primary;
        }

        /** The index that is kept in step. */
        public Participant follower() {
            return phase().servesMigration() ? primary : migration;
        }

        /**
         * Whether the follower takes the leader's vector of a field as it is, because both have it in the same space.
         */
        public boolean carries(String field) {
            return follower().canCarry(field, leader());
        }

        /** The same indexes in each other's role: what has to be copied goes the other way. */
        public Paired swapped() {
            Phase other = phase().servesMigration() ? Phase.MIRRORING : Phase.REVERSED;
            return new Paired(collection(), epoch(), other, primary, migration, fleet(), path);
        }

        /** How long a request with an unknown outcome may still take effect, where that is longest (R6). */
        public Duration unknownSettle() {
            return primary.longestSettle(migration);
        }

        @Override
        public CompletableFuture<List<WriteReply.Result>> write(WriteCall call, Duration timeout, Admission admission) {
            return path.write(this, call, timeout, admission);
        }

        /** A call that plans, embeds or waits for its lanes does not keep the reads from moving. */
        @Override
        Calls writers() {
            return reads();
        }

        @Override
        public long callsUnderWay() {
            return reads().count();
        }
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

    public boolean fleet() {
        return fleet;
    }

    public boolean isSingle() {
        return phase == Phase.SINGLE;
    }

    /** The index of SINGLE; in a migration, the one that led when it began. */
    public abstract Participant primary();

    /** The index that decides the ack and serves reads. */
    public abstract Participant leader();

    /**
     * Does the writes of a call, which has entered {@link #writers}; completes with results in the order of the writes.
     *
     * @param admission enters {@link #writes} where that is not the same
     */
    public abstract CompletableFuture<List<WriteReply.Result>> write(
            WriteCall call, Duration timeout, Admission admission);

    /** Calls that use an index of this route: reads, and in a migration all writes. It is not let go before they end. */
    public Calls reads() {
        return reads;
    }

    /** Calls that write, of which something may last; the next route is not in place before they end. */
    public Calls writes() {
        return writes;
    }

    /** The count in which a write begins. */
    abstract Calls writers();

    /** How many calls hold this route. */
    public abstract long callsUnderWay();

    /** Completes with the next route when this one is replaced. */
    public CompletableFuture<Route> successor() {
        return successor;
    }

    @Override
    public String toString() {
        return collection + "@" + epoch + " " + phase;
    }
}
